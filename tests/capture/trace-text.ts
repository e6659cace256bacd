/** Writing tracefs text, line by line, as a kernel prints it. */

import type { Masks } from '../../src/core/operations.js';
import { type Address, formatAddress } from '../../src/io/address.js';

export const HEADER = [
  '# tracer: nop',
  '#',
  '# entries-in-buffer/entries-written: 2/2   #P:2',
  '#',
  '#                                _-----=> irqs-off/BH-disabled',
  '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
  '#              | |         |   |||||     |         |',
];

/** Which probes are armed; all of them by default. */
export interface Probes {
  entries: boolean;
  returns: boolean;
  boundaries: boolean;
  splits: boolean;
  tables: boolean;
  flushes: boolean;
  aliases: boolean;
}

export const ALL_PROBES: Probes = {
  entries: true,
  returns: true,
  boundaries: true,
  splits: true,
  tables: true,
  flushes: true,
  aliases: true,
};
export const NO_PROBES: Probes = {
  entries: false,
  returns: false,
  boundaries: false,
  splits: false,
  tables: false,
  flushes: false,
  aliases: false,
};

export const hex = formatAddress;
const bits = (mask: bigint): string => `0x${mask.toString(16)}`;

export class TraceText {
  task = 'insm-130';
  cpu = 1;
  readonly #lines: string[] = [...HEADER];
  #microseconds = 0;

  constructor(readonly probes: Probes = ALL_PROBES) {}

  /** Line number of the next line. */
  get nextLine(): number {
    return this.#lines.length + 1;
  }

  raw(line: string): this {
    this.#lines.push(line);
    return this;
  }

  event(name: string, rest: string): this {
    const time = `28.${String(++this.#microseconds).padStart(6, '0')}`;
    const cpu = String(this.cpu).padStart(3, '0');
    return this.raw(`${this.task.padStart(16)} [${cpu}] d....  ${time}: ${name}: ${rest}`);
  }

  probe(name: string, probed: string, words: string): this {
    return this.event(name, `(${probed}+0x0/0x40) ${words}`);
  }

  returned(name: string, caller: string, probed: string, words: string): this {
    return this.event(name, `(${caller}+0x104/0x1e8 <- ${probed}) ${words}`);
  }

  marker(name: string, phase: 'REQ' | 'DONE'): this {
    return this.event('tracing_mark_write', `SNAP_${name}_${phase}`);
  }

  entry(caller: string, words: string): this {
    return this.probes.entries ? this.probe('entry', caller, words) : this;
  }

  update(start: Address, size: number, masks: Masks): this {
    const words = `start=${hex(start)} size=${hex(size)} set=${bits(masks.set)} clear=${bits(masks.clear)}`;
    return this.probe('upd', 'update_range_prot', words);
  }

  updated(caller: string, ret: number): this {
    return this.probes.returns ? this.returned('upd_ret', caller, 'update_range_prot', `ret=${ret}`) : this;
  }

  boundary(va: Address, suffix = ''): this {
    if (!this.probes.boundaries) return this;
    return this.probe('split_locked', `split_kernel_leaf_mapping_locked${suffix}`, `addr=${hex(va)}`);
  }

  split(level: 'pmd' | 'pud', contiguous: boolean): this {
    if (!this.probes.splits) return this;
    const words = `${level}p=0xffff00007fffe1a0 ${level}=0xf8000046800705 gfp=0xdc0 to_cont=${contiguous ? 1 : 0}`;
    return this.probe(`split_${level}`, `split_${level}`, words);
  }

  /** What the allocator returned to split_pmd() or split_pud(). */
  table(level: 'pmd' | 'pud', pa: number | 'none'): this {
    if (!this.probes.tables) return this;
    const value = pa === 'none' ? '0xffffffffffffffff' : hex(pa);
    return this.returned('pgtable', `split_${level}`, '__pgd_pgtable_alloc', `pa=${value}`);
  }

  flush(caller: string, start: Address, end: Address): this {
    if (!this.probes.flushes) return this;
    return this.probe(`flush_6_${caller}`, caller, `start=${hex(start)} end=${hex(end)}`);
  }

  unmapAliases(flush: boolean, start: Address = -1, end: Address = 0): this {
    if (!this.probes.aliases) return this;
    const words = `start=${hex(start)} end=${hex(end)} flush=${flush ? 1 : 0}`;
    return this.probe('unmap_aliases', '_vm_unmap_aliases', words);
  }

  toString(newline = '\n'): string {
    return this.#lines.join(newline) + newline;
  }
}
