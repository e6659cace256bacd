// The map that the kernel's own mapper would make of what is mapped: the largest leaves everywhere.
import type { Core } from '../core/core.js';
import { pageEndOf, usesLpa2 } from '../machine/va-layout.js';
import { readMap } from './core-map.js';
import type { LeafBits } from './descriptor-fields.js';
import { type LinearMap, runEnd } from './linear-map.js';
import { outsideOf, overlapOf, type Span } from './span.js';

interface BestLeavesOptions {
  /** What a leaf may not mix: attributes (what a fold without any change must keep), or nothing but output addresses. */
  keepAttributes: boolean;
  /** VAs, ascending and apart, that stay in single pages. */
  pagesOnly?: readonly Span[];
}

/**
 * Empties the core and maps there what `map` has mapped, in the largest leaves that alignment and uniform attributes
 * allow. Attributes themselves are not carried over: the result tells leaf sizes and tables. It ends at PAGE_END.
 * @param map in normal form
 * @throws RangeError where tables do not fit the core
 */
export function bestLeaves(
  core: Core,
  map: LinearMap,
  bits: Pick<LeafBits, 'contiguous' | 'typeMask' | 'valid'>,
  { keepAttributes, pagesOnly = [] }: BestLeavesOptions,
): LinearMap {
  const { granule, vaBits } = map;
  core.reset(granule, vaBits, pageEndOf(granule, vaBits), {
    lpa2: usesLpa2(granule, vaBits),
    uniformTables: true,
  });
  const sizeBits = bits.contiguous | (bits.typeMask & ~bits.valid);
  const pages = { noBlock: true, noCont: true };
  for (const { va, end, pa } of stretches(map, keepAttributes ? ~sizeBits : 0n)) {
    for (const part of overlapOf({ va, end }, pagesOnly)) mapPart(core, part, pa - va, pages);
    for (const part of outsideOf({ va, end }, pagesOnly)) mapPart(core, part, pa - va, {});
  }
  return readMap(core);
}

function mapPart(
  core: Core,
  { va, end }: Span,
  offset: number,
  how: { noBlock?: boolean; noCont?: boolean },
): void {
  const ret = core.mapRange(va + offset, va, end - va, 'kernelTagged', how);
  if (ret !== 0) throw new RangeError(`the range cannot be mapped again: error ${ret}`);
}

/** Neighbouring runs as one where output addresses go on and the attributes under `mask` are the same. */
function stretches(map: LinearMap, mask: bigint): (Span & { pa: number; attributes: bigint })[] {
  const joined: (Span & { pa: number; attributes: bigint })[] = [];
  for (const run of map.leaves) {
    const end = runEnd(run, map.granule);
    const attributes = run.attributes & mask;
    const last = joined.at(-1);
    if (
      last &&
      last.end === run.va &&
      last.pa - last.va === run.pa - run.va &&
      last.attributes === attributes
    ) {
      last.end = end;
    } else {
      joined.push({ va: run.va, end, pa: run.pa, attributes });
    }
  }
  return joined;
}
