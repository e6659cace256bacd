// Where the pages of an allocation come from: naturally aligned blocks at seeded random places of free memory, or
// together in page blocks that are.
import type { Machine } from '../machine/machine.js';

/** How the pages of a vmalloc area lie in memory. */
export type Backing =
  /** Order-0 pages at random places: a fragmented machine, or 6.18 and earlier. */
  | 'scattered'
  /** The largest orders first, as vm_area_alloc_pages() tries since 6.19: n pages come as popcount(n) runs, grouped. */
  | 'runs'
  /** Huge-mapped by units of one PMD, or of one contiguous PTE group. */
  | 'huge-pmd'
  | 'huge-cont-pte'
  /** Units of a contiguous PMD group, which the discussion of June 2025 wished for and no kernel makes. */
  | 'huge-cont-pmd';

export const BACKINGS: readonly Backing[] = [
  'scattered',
  'runs',
  'huge-pmd',
  'huge-cont-pte',
  'huge-cont-pmd',
];

/** MAX_PAGE_ORDER: 4 MiB, 32 MiB, 512 MiB. */
const MAX_PAGE_ORDER: Readonly<Record<number, number>> = { 4096: 10, 16384: 11, 65536: 13 };

const DESCRIPTOR_BYTES = 8;

/** Physical memory from `start` up to `end`. */
export interface Block {
  start: number;
  end: number;
}

/** Physical memory of a simulated machine. The same seed and requests give the same pages. */
export class PageAllocator {
  readonly #banks: Block[];
  readonly #taken: Block[] = [];
  /** The same to look up: larger blocks, and single pages, of which there may be very many. */
  readonly #takenBlocks: Block[] = [];
  readonly #takenPages = new Set<number>();
  /** As many of those were never free. */
  readonly #reserved: number;
  readonly #granule: number;
  /** What is left of the page blocks that grouped allocations come from, by size: the buddy has a list an order. */
  readonly #open = new Map<number, Block>();
  #state: number;

  constructor(machine: Machine, seed = 1) {
    this.#granule = machine.granule;
    this.#state = seed >>> 0;
    this.#banks = machine.memory
      .filter((bank) => !bank.noMap)
      .map(({ start, size }) => ({ start, end: start + size }));
    if (machine.image) this.#taken.push({ start: machine.image.text, end: machine.image.bssStop });
    const { pool } = machine.kfence;
    if (pool) this.#taken.push({ start: pool.start, end: pool.start + pool.size });
    this.#reserved = this.#taken.length;
    this.#takenBlocks.push(...this.#taken);
  }

  /** What was handed out, in order; of grouped allocations the whole page blocks that they come from. */
  get allocated(): readonly Readonly<Block>[] {
    return this.#taken.slice(this.#reserved);
  }

  /**
   * One naturally aligned block of `bytes`, a power of two times the granule. Returns its PA.
   * @throws RangeError where memory is too small or too full for it.
   */
  allocate(bytes: number): number {
    const start = this.#take(bytes);
    if (start === null) throw new RangeError(`no free block of ${bytes} bytes in the memory of this machine`);
    return start;
  }

  /** A free block at a random place, or null where there is none. */
  #take(bytes: number): number | null {
    const places = this.#banks.map(({ start, end }) => {
      const first = Math.ceil(start / bytes);
      return { first, count: Math.max(0, Math.floor(end / bytes) - first) };
    });
    const total = places.reduce((sum, { count }) => sum + count, 0);
    const begin = total === 0 ? 0 : Math.floor(this.#random() * total);
    for (let tried = 0; tried < total; tried++) {
      const start = placeAt(places, (begin + tried) % total) * bytes;
      if (this.#isFree(start, start + bytes)) {
        const block = { start, end: start + bytes };
        this.#taken.push(block);
        if (bytes === this.#granule) this.#takenPages.add(start);
        else this.#takenBlocks.push(block);
        return start;
      }
    }
    return null;
  }

  /**
   * One naturally aligned block of `bytes` beside others of its kind. Kernel memory that cannot move is kept together
   * in page blocks of one PMD (page mobility grouping), so that splits do not spread over all of memory. Blocks of
   * different sizes do not adjoin, as in captures. Where no page block is free any place will do.
   * @throws RangeError as allocate() does
   */
  allocateGrouped(bytes: number): number {
    const pageBlock = this.#granule * (this.#granule / DESCRIPTOR_BYTES);
    if (bytes >= pageBlock) return this.allocate(bytes);
    let open = this.#open.get(bytes);
    if (!open || open.start === open.end) {
      const start = this.#take(pageBlock);
      if (start === null) return this.allocate(bytes);
      open = { start, end: start + pageBlock };
      this.#open.set(bytes, open);
    }
    open.start += bytes;
    return open.start - bytes;
  }

  /** Pages for a vmalloc area, in its order. `unit` is the huge unit's size for the huge backings. */
  pages(count: number, backing: Backing, unit: number): number[] {
    if (backing === 'scattered') return Array.from({ length: count }, () => this.allocate(this.#granule));
    if (backing === 'runs') return this.#runs(count);
    const pages: number[] = [];
    while (pages.length < count) this.#append(pages, this.allocate(unit), unit);
    return pages;
  }

  /** vm_area_alloc_pages(): order = min(MAX_PAGE_ORDER, ilog2(what is left)), again and again. */
  #runs(count: number): number[] {
    const largest = 2 ** (MAX_PAGE_ORDER[this.#granule] ?? 0);
    const pages: number[] = [];
    while (pages.length < count) {
      const run = Math.min(largest, 2 ** Math.floor(Math.log2(count - pages.length)));
      this.#append(pages, this.allocateGrouped(run * this.#granule), run * this.#granule);
    }
    return pages;
  }

  #append(pages: number[], start: number, bytes: number): void {
    for (let at = 0; at < bytes; at += this.#granule) pages.push(start + at);
  }

  #isFree(start: number, end: number): boolean {
    if (this.#takenBlocks.some((block) => start < block.end && block.start < end)) return false;
    if (this.#takenPages.size === 0) return true;
    for (let page = start; page < end; page += this.#granule) if (this.#takenPages.has(page)) return false;
    return true;
  }

  /** mulberry32, in [0, 1). */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

function placeAt(places: readonly { first: number; count: number }[], index: number): number {
  let left = index;
  for (const { first, count } of places) {
    if (left < count) return first + left;
    left -= count;
  }
  throw new RangeError(`there is no place ${index}`);
}
