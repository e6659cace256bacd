// The linear map in the core as one short text, to tell maps apart without keeping them.
import { createHash, type Hash } from 'node:crypto';
import type { Core, Run } from '../core/core.js';

/** As many as keep two of some thousand different maps apart. */
const HEX_DIGITS = 16;
const ALL_ATTRIBUTES = ~0n;

/**
 * Digest of the core's linear map: every leaf with its level, VA, PA and attributes, and every table descriptor but for
 * where the table lies. Equal maps have equal digests however the core stores them and however runs are read out.
 * @param attributes bits of descriptors that count; others are taken for zero
 * @returns 16 hex digits: the first of SHA-256 over the geometry and over the joined runs of each level
 */
export function mapDigest(core: Core, attributes = ALL_ATTRIBUTES): string {
  const { granule, vaBits, levelSize } = core.geometry;
  // Tables and leaves of all levels come mixed, by address, and tables part runs of leaves: each sort is joined alone.
  const sorts = new Map<string, JoinedRuns>();
  for (const run of core.runs()) {
    const name = `${run.table ? 'tables' : 'leaves'} ${run.level}`;
    let sort = sorts.get(name);
    if (sort === undefined) {
      sort = new JoinedRuns(levelSize(run.level));
      sorts.set(name, sort);
    }
    sort.add(run, run.attributes & attributes);
  }
  const all = createHash('sha256').update(`${granule} ${vaBits}`);
  for (const name of [...sorts.keys()].sort()) all.update(`\n${name} ${sorts.get(name)?.digest()}`);
  return all.digest('hex').slice(0, HEX_DIGITS);
}

/** Tables, or leaves, of one level in address order, joined wherever one run goes on with the next. */
class JoinedRuns {
  readonly #hash: Hash = createHash('sha256');
  #last: Run | null = null;

  constructor(private readonly size: number) {}

  add(run: Run, attributes: bigint): void {
    const last = this.#last;
    if (last !== null && this.#goesOn(last, run, attributes)) {
      last.count += run.count;
      return;
    }
    this.#write();
    this.#last = { ...run, attributes };
  }

  digest(): string {
    this.#write();
    return this.#hash.digest('hex');
  }

  #goesOn(last: Run, { table, va, pa }: Run, attributes: bigint): boolean {
    const bytes = last.count * this.size;
    return last.attributes === attributes && va === last.va + bytes && (table || pa === last.pa + bytes);
  }

  #write(): void {
    if (this.#last === null) return;
    const { table, va, pa, count, attributes } = this.#last;
    this.#hash.update(`${va} ${table ? '' : pa} ${count} ${attributes}\n`);
    this.#last = null;
  }
}
