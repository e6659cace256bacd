// What an inspection found, and the same as linmap.inspect/1.
import type { AnyMap } from '../capture/any-map.js';
import { formatAddress } from '../io/address.js';
import type { MapFilter } from '../map/filter.js';
import { countFindings, type MapFinding } from '../map/finding.js';
import type { Inspection } from '../map/inspection.js';
import { CHANGE_KINDS, type MapChange, type MapChanges } from '../map/map-changes.js';
import { longestFirst, type PermissionRange } from '../map/permission-ranges.js';
import { mostSplitFirst, type Region } from '../map/regions.js';
import { bytesOf, type Span } from '../map/span.js';
import { rangeText } from './inspect-options.js';
import type { Step } from './inspect-steps.js';

export interface InspectReport {
  source: AnyMap;
  filter: MapFilter;
  inspection: Inspection;
  /** null where the filter leaves out part of the map. */
  steps: Step[] | null;
  /** The other map, which was first, and what changed from it. */
  against: { source: AnyMap; differenceCount: number; changes: MapChanges } | null;
  /** Nothing is left out of lists. */
  all: boolean;
  warnings: string[];
}

/** Entries of a list in the document, unless all were asked for. */
const LISTED = 100;

/** The fields are described in docs/inspect.md. */
export function inspectDocument(report: InspectReport): object {
  const { source, filter, inspection, steps, against, all, warnings } = report;
  const { map, machine, showsTables: tables, showsPhysical } = source;
  const listed = <T>(entries: readonly T[]): readonly T[] => (all ? entries : entries.slice(0, LISTED));
  const { regions } = inspection;
  return {
    schema: 'linmap.inspect/1',
    source: source.source,
    file: source.file,
    machine: machine?.name ?? null,
    granule: map.granule,
    vaBits: map.vaBits,
    filter: {
      range: filter.range ? rangeText(filter.range) : null,
      levels: filter.sizes ?? null,
      permissions: filter.permissions ?? null,
    },
    bytes: inspection.bytes,
    leaves: inspection.leaves,
    readOnlyLeafBytes: inspection.readOnlyLeafBytes,
    invalidLeafBytes: inspection.invalidLeafBytes,
    readOnlyBytes: inspection.readOnlyBytes,
    invalidBytes: inspection.invalidBytes,
    executableBytes: inspection.executableBytes,
    tables: tables ? inspection.tables : null,
    tableBytes: tables ? inspection.tableBytes : null,
    ranges: {
      readOnly: rangesDocument(inspection.ranges.readOnly, listed, showsPhysical),
      invalid: rangesDocument(inspection.ranges.invalid, listed, showsPhysical),
      executable: rangesDocument(inspection.ranges.executable, listed, showsPhysical),
    },
    findingCounts: countFindings(inspection.findings),
    findings: listed(inspection.findings).map(findingDocument),
    steps:
      steps?.map(({ id, text, bytes, tables, tableBytes }) => ({ id, text, bytes, tables, tableBytes })) ??
      null,
    regions: {
      size: inspection.regionSize,
      count: regions.length,
      foldableBytes: sum(regions, ({ foldableBytes }) => foldableBytes),
      foldableTables: tables ? sum(regions, ({ foldableTables }) => foldableTables) : null,
      list: listed(mostSplitFirst(regions)).map((region) => regionDocument(region, source)),
    },
    against: against && {
      source: against.source.source,
      file: against.source.file,
      differenceCount: against.differenceCount,
      bytes: against.changes.bytes,
      tablesAdded: tables && against.source.showsTables ? against.changes.tablesAdded : null,
      tablesRemoved: tables && against.source.showsTables ? against.changes.tablesRemoved : null,
      changeCount: against.changes.changes.length,
      changes: listed(against.changes.changes).map(changeDocument),
      assumed: against.source.assumed,
    },
    assumed: source.assumed,
    warnings,
  };
}

/** Bytes by kind of change, only of those that there are. */
export function changedBytes({ bytes }: MapChanges): [kind: (typeof CHANGE_KINDS)[number], bytes: number][] {
  return CHANGE_KINDS.flatMap((kind) =>
    bytes[kind] > 0 ? [[kind, bytes[kind]] as [typeof kind, number]] : [],
  );
}

export function sum<T>(entries: readonly T[], of: (entry: T) => number): number {
  return entries.reduce((total, entry) => total + of(entry), 0);
}

type Listed = <T>(entries: readonly T[]) => readonly T[];

function rangesDocument(ranges: readonly PermissionRange[], listed: Listed, physical: boolean): object {
  return {
    count: ranges.length,
    bytes: bytesOf(ranges),
    longest: listed(longestFirst(ranges)).map((range) => ({
      ...place(range),
      pa: physical ? formatAddress(range.pa) : null,
    })),
  };
}

function findingDocument(finding: MapFinding): object {
  return { kind: finding.kind, ...place(finding), text: finding.text };
}

function regionDocument(region: Region, { showsTables, showsPhysical }: AnyMap): object {
  return {
    va: formatAddress(region.va),
    pa: showsPhysical ? formatAddress(region.pa) : null,
    tables: showsTables ? region.tables : null,
    bytes: region.bytes,
    foldableBytes: region.foldableBytes,
    foldableTables: showsTables ? region.foldableTables : null,
  };
}

function changeDocument(change: MapChange): object {
  const face = (side: MapChange['before']) =>
    side && { size: side.size, permission: side.permission, attributes: `0x${side.attributes.toString(16)}` };
  return { kinds: change.kinds, ...place(change), before: face(change.before), after: face(change.after) };
}

function place({ va, end }: Span): { va: string; bytes: number } {
  return { va: formatAddress(va), bytes: end - va };
}
