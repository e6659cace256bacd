/** Caches of descriptor lines: sets as lists, the most recently used line first. */
import type { FlatCoreModel } from '../../../src/machine/cores/core-model.js';

export type LineSource = 'l2' | 'system' | 'dram';

export class ModelLines {
  readonly #l2: LineCache;
  readonly #system: LineCache | null;

  constructor(
    readonly lines: FlatCoreModel['lines'],
    readonly enabled: boolean,
  ) {
    this.#l2 = new LineCache(lines.l2);
    this.#system = lines.system && new LineCache(lines.system);
  }

  /** Fetches the line of eight descriptors, each spanning `span` bytes of VA, that translate `va` at `level`. */
  fetch(va: number, level: number, span: number): LineSource {
    if (!this.enabled) return 'l2';
    const number = Math.floor(va / (8 * span));
    if (this.#l2.access(level, number)) return 'l2';
    return this.#system?.access(level, number) ? 'system' : 'dram';
  }

  cyclesOf(source: LineSource): number {
    if (source === 'dram') return this.lines.dramCycles;
    return (source === 'system' ? this.lines.system?.cycles : this.lines.l2.cycles) ?? 0;
  }
}

class LineCache {
  readonly #sets = new Map<number, string[]>();
  readonly #setCount: number;

  constructor(readonly model: FlatCoreModel['lines']['l2']) {
    this.#setCount = model.bytes / 64 / model.ways;
  }

  /** Whether the line was there; afterwards it is. */
  access(level: number, number: number): boolean {
    const index = ((number % this.#setCount) + this.#setCount) % this.#setCount;
    const line = `${level}:${number}`;
    const set = this.#sets.get(index) ?? [];
    const others = set.filter((one) => one !== line);
    this.#sets.set(index, [line, ...others].slice(0, this.model.ways));
    return others.length < set.length;
  }
}
