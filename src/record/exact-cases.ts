// The exact results of a run, one case each, under names that stay: what baselines, comparisons and exports are about.
import type { Counters } from '../core/counters.js';
import { formatSize } from '../io/size.js';
import type { MapState } from '../map/map-state.js';
import type { FlushRecord, Run, TlbConfigurationRecord } from './run.js';

/** One result that has no distribution: the same source gives the same on every machine. */
export interface ExactCase {
  /** `comparison 4K/48 blocks vmalloc-2m-huge page-basis`, `replay 4k-bbml2/load-small`, `tlb ampereone zipf pages`. */
  name: string;
  /** Whole numbers by dotted name: `descriptorWrites`, `tlbi.range`, `leaves.pte`. */
  counters: Readonly<Record<string, number>>;
  /** mapDigest() of the final map; empty where there is no map, or where an older linmap made the record. */
  digest: string;
}

/** What names of cases begin with. */
export const EXACT_KINDS = ['replay', 'comparison', 'table memory', 'flush', 'tlb'] as const;
export type ExactKind = (typeof EXACT_KINDS)[number];

/** The parts of a run that exact cases are made from. */
export type ExactResults = Pick<
  Run,
  'replays' | 'traceStrategies' | 'comparisons' | 'tableMemory' | 'flushes' | 'tlb' | 'shortTlb'
> & { options: Pick<Run['options'], 'quick'> };

/** Ends the names of TLB cases over shortened streams, which are all that a quick run has. */
const SHORT = ' quick';

/** All exact cases of a run, by name. */
export function exactCases(run: ExactResults): ExactCase[] {
  const cases = [
    ...run.replays.map(({ machine, scenario, events, applied, differenceCount, ...rest }) => ({
      ...counted(`replay ${machine}/${scenario}`, rest),
      counters: { events, applied, differenceCount, ...countersOf(rest) },
    })),
    ...run.traceStrategies.map(({ machine, scenario, strategy, ...rest }) =>
      counted(`replay ${machine}/${scenario} ${strategy}`, rest),
    ),
    ...run.comparisons.map(({ configuration, workload, strategy, result, ...rest }) => ({
      ...counted(`comparison ${regimeOf(rest)} ${configuration} ${workload} ${strategy}`, rest),
      counters: { result, ...countersOf(rest) },
    })),
    ...run.tableMemory.map(({ configuration, memoryBytes, tableBytes, digest = '', ...rest }) => ({
      name: `table memory ${regimeOf(rest)} ${formatSize(memoryBytes).replace(' ', '')} ${configuration}`,
      counters: { tableBytes },
      digest,
    })),
    ...(run.flushes ?? []).map(({ cpu, flushes, ...rest }) => ({
      name: `flush ${regimeOf(rest)} ${cpu}`,
      counters: flushCounters(flushes),
      digest: '',
    })),
    ...tlbCases(run.tlb, run.options.quick ? SHORT : ''),
    ...tlbCases(run.shortTlb ?? [], SHORT),
  ];
  return cases.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

/** Whether a whole run, quick or not, has a case of this name: a quick one has TLB cases over short streams only. */
export function isCaseOf(name: string, { quick }: Pick<Run['options'], 'quick'>): boolean {
  return !quick || !name.startsWith('tlb ') || name.endsWith(SHORT);
}

/** The kind of a case, by its name. @throws RangeError where exactCases() makes no such name */
export function kindOf(name: string): ExactKind {
  const kind = EXACT_KINDS.find((one) => name.startsWith(`${one} `));
  if (kind === undefined) throw new RangeError(`no exact case is called "${name}"`);
  return kind;
}

interface CountedRecord {
  counters: Counters;
  after: MapState;
  digest?: string;
}

function counted(name: string, record: CountedRecord): ExactCase {
  return { name, counters: countersOf(record), digest: record.digest ?? '' };
}

/** What was counted, and what the final map is made of: a digest alone does not say what has changed. */
function countersOf({ counters, after: { leaves, tables } }: CountedRecord): Record<string, number> {
  return { ...flat({ ...counters }), ...flat({ leaves, tables }) };
}

type Count = number | null | undefined;

/** Counts by kind under dotted names. What a record does not have is left out. */
function flat(counters: Record<string, Count | Record<string, Count>>): Record<string, number> {
  const flattened: Record<string, number> = {};
  const put = (name: string, count: Count) => {
    if (typeof count === 'number') flattened[name] = count;
  };
  for (const [name, value] of Object.entries(counters)) {
    if (typeof value !== 'object' || value === null) put(name, value);
    else for (const [kind, count] of Object.entries(value)) put(`${name}.${kind}`, count);
  }
  return flattened;
}

function regimeOf({ granule, vaBits }: { granule: number; vaBits: number }): string {
  return `${granule / 1024}K/${vaBits}`;
}

/** TLBIs by size, for the limits are what the case is about: `tlbi.range of 513 pages from 1`; barriers of all together. */
function flushCounters(flushes: FlushRecord['flushes']): Record<string, number> {
  const counters = { dsbIshst: 0, dsbIsh: 0, isb: 0 };
  const bySize: Record<string, number> = {};
  for (const { firstPage, pages, tlbi, dsbIshst, dsbIsh, isb } of flushes) {
    counters.dsbIshst += dsbIshst;
    counters.dsbIsh += dsbIsh;
    counters.isb += isb;
    for (const [kind, count] of Object.entries(tlbi)) {
      bySize[`tlbi.${kind} of ${pages} pages from ${firstPage}`] = count;
    }
  }
  return { ...counters, ...bySize };
}

function tlbCases(records: Run['tlb'], suffix: string): ExactCase[] {
  return records.flatMap(({ core, stream, configurations }) =>
    configurations.map((configuration) => ({
      name: `tlb ${core} ${stream.name} ${configuration.id}${suffix}`,
      counters: tlbCounters(configuration),
      digest: '',
    })),
  );
}

/** The whole numbers among what is estimated, as far as the record has them: rates and expectations follow from these. */
function tlbCounters(one: TlbConfigurationRecord): Record<string, number> {
  const { accesses, l1Misses, l2Misses, walks, merged, linesFetched, faults, analytic } = one;
  const { lookupCycles, walkCycles, stallCycles, coldMisses, dataL2Misses, lruMisses, reachBytes } = one;
  return flat({
    ...{ accesses, l1Misses, l2Misses, walks, merged, linesFetched, faults },
    ...{ lookupCycles, walkCycles, stallCycles, coldMisses, dataL2Misses, lruMisses, reachBytes },
    stackMisses: { l1: analytic?.l1.stackMisses, l2: analytic?.l2.stackMisses },
  });
}
