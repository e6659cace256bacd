// Reach: how much of a linear map a TLB's entries cover at most.
import type { Core, Geometry, LeafCounts } from '../core/core.js';
import type { EntrySizes, FlatCoreModel, FlatTlbModel } from '../machine/cores/core-model.js';
import { mapState } from '../map/map-state.js';

/** The TLB that second-level look-ups of data go to. */
export function secondLevelData({ l2 }: FlatCoreModel): FlatTlbModel {
  return 'unified' in l2 ? l2.unified : l2.data;
}

/** Bytes of the core's linear map that the second level's entries cover if they hold its largest leaves. */
export function reachBytes(core: Core, model: FlatCoreModel): number {
  return reachOfLeaves(mapState(core).leafBytes, core.geometry, model);
}

/** As `reachBytes`, of a map that is known by the bytes that leaves of each size map. */
export function reachOfLeaves(leafBytes: LeafCounts, geometry: Geometry, model: FlatCoreModel): number {
  const { levelSize, contiguousSize } = geometry;
  const merged = (level: number) =>
    model.mergesContiguous && contiguousSize(level) > 0 ? contiguousSize(level) : levelSize(level);
  const { entries, sizes } = secondLevelData(model);
  const kinds = [
    { bytes: leafBytes.pud, entry: levelSize(1) },
    { bytes: leafBytes.pmdCont, entry: merged(2) },
    { bytes: leafBytes.pmd, entry: levelSize(2) },
    { bytes: leafBytes.pteCont, entry: merged(3) },
    { bytes: leafBytes.pte, entry: levelSize(3) * model.aggregation },
  ]
    .map(({ bytes, entry }) => ({ bytes, entry: pieceOf(entry, sizes) }))
    .sort((a, b) => b.entry - a.entry);
  let left = entries;
  let reach = 0;
  for (const { bytes, entry } of kinds) {
    const used = Math.min(left, Math.ceil(bytes / entry));
    reach += Math.min(bytes, used * entry);
    left -= used;
  }
  return reach;
}

/** What one entry holds of a leaf: the largest size that is not larger than it. */
function pieceOf(leaf: number, sizes: EntrySizes): number {
  if (sizes === 'any') return leaf;
  return sizes.reduce((piece, size) => (size <= leaf ? Math.max(piece, size) : piece), Math.min(...sizes));
}
