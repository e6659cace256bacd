// Misses of an LRU buffer by its capacity, from exact stack distances.

/** What a pass counted, exactly. */
interface StackCounts {
  /** Accesses of units never touched before: cold misses, whatever the capacity. */
  readonly firstTouches: number;
  /** Accesses by stack distance: [d] for 1 … depth, [0] those beyond. */
  readonly distances: Float64Array;
}

/** LRU misses of every capacity up to the depth of the pass at once. */
export class MissCurve {
  readonly accesses: number;
  readonly firstTouches: number;
  /** Largest capacity in entries. */
  readonly depth: number;
  readonly #misses: Float64Array;
  readonly #distances: Float64Array;

  constructor({ firstTouches, distances }: StackCounts) {
    this.#distances = distances;
    this.firstTouches = firstTouches;
    this.depth = distances.length - 1;
    this.#misses = new Float64Array(distances.length);
    let misses = firstTouches + (distances[0] ?? 0);
    for (let capacity = this.depth; capacity >= 0; capacity--) {
      this.#misses[capacity] = misses;
      if (capacity > 0) misses += distances[capacity] ?? 0;
    }
    this.accesses = misses;
  }

  /** Misses of `capacity` entries, first touches included. @throws RangeError beyond the depth */
  misses(capacity: number): number {
    const misses = this.#misses[capacity];
    if (misses === undefined)
      throw new RangeError(`a capacity of 0 to ${this.depth} entries, not ${capacity}`);
    return misses;
  }

  /** Misses of each access; 0 where there was none. */
  missRatio(capacity: number): number {
    return this.accesses === 0 ? 0 : this.misses(capacity) / this.accesses;
  }

  /** Accesses of this distance, 1 … depth. */
  atDistance(distance: number): number {
    return this.#distances[distance] ?? 0;
  }
}
