// Memory by physical address, wherever the loads of a core have it.
import { formatAddress } from '../../io/address.js';
import type { Load } from './elf-core.js';
import { type ImageSource, readExactly } from './image-source.js';

/** How addresses belong together where a load has only one of them. */
interface Translation {
  /** VA - PA of the linear map and of the kernel image; null where not known. */
  linear: number | null;
  image: number | null;
}

/** A table that cannot be had, or cannot be one. The message is what was expected and what was found. */
export class TableFault extends Error {
  override readonly name = 'TableFault';
}

interface Stretch {
  start: number;
  end: number;
  /** Offset in the file; null where the core says zero without storing it. */
  at: number | null;
}

export class ImageMemory {
  readonly #byPa: readonly Stretch[];
  readonly #byVa: readonly Stretch[];

  constructor(
    private readonly source: ImageSource,
    loads: readonly Load[],
    private readonly translation: Translation,
  ) {
    this.#byPa = stretchesOf(loads, (load) => this.#knownPa(load));
    this.#byVa = stretchesOf(loads, ({ va }) => va);
  }

  /**
   * Fills `into` with the memory at a physical address: from a load that has it, or else through the linear map.
   * @param what lies there, for messages
   * @throws TableFault where no load has it; InputError where the file ends before it.
   */
  readPhysical(pa: number, into: Uint8Array, what: string): void {
    const { linear } = this.translation;
    if (this.#fill(this.#byPa, pa, into, what)) return;
    if (linear !== null && this.#fill(this.#byVa, pa + linear, into, what)) return;
    throw new TableFault(
      `expected ${what} at pa ${formatAddress(pa)}, found no load of the core that has it`,
    );
  }

  /** As `readPhysical`, by kernel VA. */
  readVirtual(va: number, into: Uint8Array, what: string): void {
    if (this.#fill(this.#byVa, va, into, what)) return;
    throw new TableFault(
      `expected ${what} at va ${formatAddress(va)}, found no load of the core that has it`,
    );
  }

  /** Whether a load has the byte at `pa`, by its physical address or through the linear map. */
  holds(pa: number): boolean {
    const { linear } = this.translation;
    return find(this.#byPa, pa) !== null || (linear !== null && find(this.#byVa, pa + linear) !== null);
  }

  /** Some writers leave 0 where they do not know. It counts where the VA agrees, or there is none. */
  #knownPa({ va, pa }: Load): number | null {
    if (pa !== 0 || va === null) return pa;
    return va === this.translation.linear || va === this.translation.image ? pa : null;
  }

  #fill(stretches: readonly Stretch[], address: number, into: Uint8Array, what: string): boolean {
    for (let done = 0; done < into.length; ) {
      const stretch = find(stretches, address + done);
      if (stretch === null) return false;
      const bytes = Math.min(into.length - done, stretch.end - address - done);
      const part = into.subarray(done, done + bytes);
      if (stretch.at === null) part.fill(0);
      else readExactly(this.source, part, stretch.at + address + done - stretch.start, what);
      done += bytes;
    }
    return true;
  }
}

/** The loads as stretches that do not overlap, ascending. What is stored goes before what is said to be zero. */
function stretchesOf(loads: readonly Load[], start: (load: Load) => number | null): Stretch[] {
  const stored: Stretch[] = [];
  const zero: Stretch[] = [];
  for (const load of loads) {
    const from = start(load);
    if (from === null) continue;
    stored.push({ start: from, end: from + load.fileBytes, at: load.offset });
    zero.push({ start: from + load.fileBytes, end: from + load.size, at: null });
  }
  const first = disjoint(stored);
  return disjoint([...first, ...gaps(first, disjoint(zero))]);
}

/** A kernel image lies in the RAM's load too, so stretches may overlap: the one that starts first is taken. */
function disjoint(stretches: Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  let covered = Number.NEGATIVE_INFINITY;
  for (const { start, end, at } of stretches.sort((a, b) => a.start - b.start)) {
    if (end <= covered || end <= start) continue;
    const from = Math.max(start, covered);
    result.push({ start: from, end, at: at === null ? null : at + from - start });
    covered = end;
  }
  return result;
}

/** What is left of `others` where `taken` has nothing; both ascending, without overlaps. */
function gaps(taken: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
  const left: Stretch[] = [];
  let index = 0;
  for (const { start, end } of others) {
    while ((taken[index]?.end ?? Number.POSITIVE_INFINITY) <= start) index++;
    let from = start;
    for (let at = index; from < end; at++) {
      const next = taken[at];
      const stop = Math.min(end, next?.start ?? end);
      if (stop > from) left.push({ start: from, end: stop, at: null });
      if (next === undefined || next.start >= end) break;
      from = next.end;
    }
  }
  return left;
}

function find(stretches: readonly Stretch[], address: number): Stretch | null {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle]?.end ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  const stretch = stretches[low];
  return stretch !== undefined && stretch.start <= address ? stretch : null;
}
