// The pages a stream may touch: those of the machine's memory that the page allocator can hand out.
import type { Address } from '../../io/address.js';
import { formatSize } from '../../io/size.js';
import { linearVa } from '../../kernel/boot.js';
import type { Machine } from '../../machine/machine.js';
import { Permutation } from './permutation.js';

interface Span {
  start: number;
  end: number;
}

/** Free memory: banks that are in the linear map, without the kernel image and KFENCE's pool. PAs, ascending. */
function freeMemory(machine: Machine): Span[] {
  const banks = machine.memory.filter((bank) => !bank.noMap);
  const { image, kfence } = machine;
  const taken: Span[] = [];
  if (image) taken.push({ start: alignDown(image.text, machine.granule), end: image.bssStop });
  if (kfence.pool) taken.push({ start: kfence.pool.start, end: kfence.pool.start + kfence.pool.size });
  let free: Span[] = banks.map(({ start, size }) => ({ start, end: start + size }));
  for (const hole of taken) free = free.flatMap((span) => without(span, hole));
  return free;
}

function without(span: Span, hole: Span): Span[] {
  const below = { start: span.start, end: Math.min(span.end, hole.start) };
  const above = { start: Math.max(span.start, hole.end), end: span.end };
  return [below, above].filter(({ start, end }) => start < end);
}

/** Bytes of memory that streams may touch. */
export function freeBytes(machine: Machine): number {
  return freeMemory(machine).reduce((sum, { start, end }) => sum + end - start, 0);
}

/**
 * Pages 0 … count - 1 of a working set, laid over free memory in physically consecutive, naturally aligned runs, which
 * lie in a random order. Runs of 0 pages: all of it is one, from the lowest free page on, over the holes of memory.
 */
export class MemoryPages {
  readonly #spans: { firstSlot: number; va: Address }[] = [];
  readonly #slots: number;
  readonly #run: number;
  readonly #slotBytes: number;
  readonly #granule: number;
  readonly #order: Permutation | null;

  /** @throws RangeError where memory has no `count` pages in such runs */
  constructor(
    machine: Machine,
    readonly count: number,
    run: number,
    seed: number,
  ) {
    this.#run = Math.max(run, 1);
    this.#granule = machine.granule;
    this.#slotBytes = this.#run * machine.granule;
    let slots = 0;
    for (const { start, end } of freeMemory(machine)) {
      const first = Math.ceil(start / this.#slotBytes);
      const inSpan = Math.max(0, Math.floor(end / this.#slotBytes) - first);
      if (inSpan === 0) continue;
      this.#spans.push({ firstSlot: slots, va: linearVa(machine, first * this.#slotBytes) });
      slots += inSpan;
    }
    this.#slots = slots;
    if (Math.ceil(count / this.#run) > slots) {
      const most = formatSize(slots * this.#slotBytes);
      const runs = run > 1 ? ` in runs of ${run} pages` : '';
      const found = formatSize(count * machine.granule);
      throw new RangeError(`expected a working set of at most ${most} of free memory${runs}, found ${found}`);
    }
    this.#order = run === 0 ? null : new Permutation(slots, seed);
  }

  /** VA in the linear map of page `index`. */
  va(index: number): Address {
    const slot = Math.floor(index / this.#run);
    return (
      this.#slotVa(this.#order ? this.#order.at(slot) : slot) + (index - slot * this.#run) * this.#granule
    );
  }

  /** Banks are few: the last ones are looked at first, for on most machines they are the large ones. */
  #slotVa(slot: number): Address {
    for (let i = this.#spans.length - 1; i >= 0; i--) {
      const span = this.#spans[i];
      if (span && slot >= span.firstSlot) return span.va + (slot - span.firstSlot) * this.#slotBytes;
    }
    throw new RangeError(`there is no run ${slot} of ${this.#slots}`);
  }
}

function alignDown(address: number, unit: number): number {
  return Math.floor(address / unit) * unit;
}
