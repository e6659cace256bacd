// The linear map in the core as one short text, to tell maps apart without keeping them.
import { createHash, type Hash } from 'node:crypto';
import type { Core } from '../core/core.js';
import type { Address } from '../io/address.js';

/** As many as keep two of some thousand different maps apart. */
const HEX_DIGITS = 16;
const ALL_ATTRIBUTES = ~0n;
/** Of the highest root table that there is. */
const FIRST_LEVEL = -1;

/**
 * Digest of the core's linear map: every leaf with its level, VA, PA and attributes, and every table descriptor but for
 * where the table lies. Equal maps have equal digests however the core stores them and however runs are read out.
 * @param attributes bits of descriptors that count; others are taken for zero
 * @returns 16 hex digits: the first of SHA-256 over the geometry and over the joined runs of each level
 */
export function mapDigest(core: Core, attributes = ALL_ATTRIBUTES): string {
  const { granule, vaBits, levelSize } = core.geometry;
  // Tables and leaves of all levels come mixed, by address, and tables part runs of leaves: each sort is joined alone.
  const tables: (JoinedRuns | undefined)[] = [];
  const leaves: (JoinedRuns | undefined)[] = [];
  core.eachRun((table, level, va, pa, count, allAttributes) => {
    const sorts = table ? tables : leaves;
    const at = level - FIRST_LEVEL;
    sorts[at] ??= new JoinedRuns(levelSize(level), table);
    sorts[at].add(va, pa, count, allAttributes & attributes);
  });
  const all = createHash('sha256').update(`${granule} ${vaBits}`);
  for (const [name, sorts] of Object.entries({ leaves, tables })) {
    sorts.forEach((sort, at) => {
      if (sort) all.update(`\n${name} ${at + FIRST_LEVEL} ${sort.digest()}`);
    });
  }
  return all.digest('hex').slice(0, HEX_DIGITS);
}

/** Tables, or leaves, of one level in address order, joined wherever one run goes on with the next. */
class JoinedRuns {
  readonly #hash: Hash = createHash('sha256');
  /** The run that may go on; `count` is 0 before the first. */
  #va: Address = 0;
  #pa = 0;
  #count = 0;
  #attributes = 0n;

  constructor(
    private readonly size: number,
    private readonly table: boolean,
  ) {}

  add(va: Address, pa: number, count: number, attributes: bigint): void {
    const bytes = this.#count * this.size;
    const follows = va === this.#va + bytes && (this.table || pa === this.#pa + bytes);
    if (this.#count > 0 && follows && attributes === this.#attributes) {
      this.#count += count;
      return;
    }
    this.#write();
    this.#va = va;
    this.#pa = pa;
    this.#count = count;
    this.#attributes = attributes;
  }

  digest(): string {
    this.#write();
    return this.#hash.digest('hex');
  }

  #write(): void {
    if (this.#count === 0) return;
    this.#hash.update(`${this.#va} ${this.table ? '' : this.#pa} ${this.#count} ${this.#attributes}\n`);
  }
}
