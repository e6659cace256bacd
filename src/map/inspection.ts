// What a map is made of and what is odd in it, as data: the answers of `linmap inspect`.
import type { Core, LeafCounts } from '../core/core.js';
import { pageEndOf, usesLpa2 } from '../machine/va-layout.js';
import { bestLeaves } from './best-leaves.js';
import { brokenGroups } from './contiguous-groups.js';
import { isReadOnly, isValid, type LeafBits } from './descriptor-fields.js';
import { filterMap, isEmptyFilter, type MapFilter, spansOfRange } from './filter.js';
import { type MapFinding, sortFindings } from './finding.js';
import { type LeafRun, type LinearMap, levelSize, normalise } from './linear-map.js';
import { type MachineRanges, mapFindings } from './map-findings.js';
import { type PermissionRanges, permissionRanges } from './permission-ranges.js';
import { type Region, regionsOf } from './regions.js';
import { bytesOf, overlapOf, type Span } from './span.js';
import { leafSizeOf, type MapSummary, noLeaves, summariseMap } from './summary.js';

export interface Inspection extends MapSummary {
  /** Part of `bytes`: AP[2] set, whether valid or not. */
  readOnlyLeafBytes: LeafCounts;
  /** Part of `bytes`: bit 0 clear. */
  invalidLeafBytes: LeafCounts;
  ranges: PermissionRanges;
  readOnlyBytes: number;
  invalidBytes: number;
  executableBytes: number;
  findings: MapFinding[];
  regionSize: number;
  /** With something mapped in them, by VA. */
  regions: Region[];
}

interface InspectionOptions {
  filter?: MapFilter;
  /** Bytes, a power of two. Default 1 GiB. */
  regionSize?: number;
  /** What is known beyond the map itself. */
  machine?: MachineRanges | null;
  /** Tables are not shown with their attributes: what is executable is judged by leaves alone. */
  leavesOnly?: boolean;
}

const GIB = 2 ** 30;

/**
 * Inspects a map. Leaves, tables and ranges are those that pass the filter; findings and regions are of the whole map,
 * narrowed by the filter's addresses alone: a contiguous group is broken whichever of its leaves one looks at.
 * Takes time by runs and tables, not by leaves. Resets the core.
 * @throws RangeError where tables do not fit the core
 */
export function inspectMap(core: Core, given: LinearMap, options: InspectionOptions = {}): Inspection {
  const { filter = {}, regionSize = GIB, machine = null, leavesOnly = false } = options;
  const { bits } = core;
  const map = normalise(leavesOnly ? withoutTablePxn(given, core.bits) : given);
  const groupSizes = groupSizesOf(core, map);
  const part = isEmptyFilter(filter) ? map : normalise(filterMap(map, filter, bits));
  const ranges = permissionRanges(part, bits);
  const folded = bestLeaves(core, map, bits, {
    keepAttributes: true,
    pagesOnly: machine?.pool ? [machine.pool] : [],
  });
  const inRange = narrowing(map, filter);
  const findings = [
    ...mapFindings(map, bits, machine),
    ...brokenGroups(map, (level) => groupSizes.get(level) ?? 0, bits),
  ];
  return {
    ...summariseMap(part, bits.contiguous),
    readOnlyLeafBytes: leafBytes(part, bits, ({ attributes }) => isReadOnly(attributes, bits)),
    invalidLeafBytes: leafBytes(part, bits, ({ attributes }) => !isValid(attributes, bits)),
    ranges,
    readOnlyBytes: bytesOf(ranges.readOnly),
    invalidBytes: bytesOf(ranges.invalid),
    executableBytes: bytesOf(ranges.executable),
    findings: sortFindings(findings).filter(inRange),
    regionSize,
    regions: regionsOf(map, folded, regionSize, bits.contiguous).filter(({ va }) =>
      inRange({ va, end: va + regionSize }),
    ),
  };
}

/** Bytes of the contiguous groups that the kernel forms at each level. */
function groupSizesOf(core: Core, { granule, vaBits }: LinearMap): Map<number, number> {
  core.reset(granule, vaBits, pageEndOf(granule, vaBits), { lpa2: usesLpa2(granule, vaBits) });
  return new Map([1, 2, 3].map((level) => [level, core.geometry.contiguousSize(level)]));
}

function narrowing(map: LinearMap, { range }: MapFilter): (span: Span) => boolean {
  if (range === undefined) return () => true;
  const spans = range.start < 0 ? [{ va: range.start, end: range.end }] : spansOfRange(map, range);
  return (span) => overlapOf(span, spans).length > 0;
}

function withoutTablePxn(map: LinearMap, { tablePxn }: LeafBits): LinearMap {
  const tables = map.tables.map((table) => ({ ...table, attributes: table.attributes & ~tablePxn }));
  return { ...map, tables };
}

function leafBytes(map: LinearMap, bits: LeafBits, test: (run: LeafRun) => boolean): LeafCounts {
  const bytes = noLeaves();
  for (const run of map.leaves) {
    if (test(run)) bytes[leafSizeOf(run, bits.contiguous)] += run.count * levelSize(map.granule, run.level);
  }
  return bytes;
}
