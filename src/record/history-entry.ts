// One run as one line of the history: what was timed in full, what was counted as digests.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EXACT_KINDS, type ExactCase, exactCases, kindOf } from './exact-cases.js';
import type { Run } from './run.js';
import { type TimedSeries, timedSeries } from './timed-series.js';

export const HISTORY_SCHEMA = 'linmap.history/1';

const bound = z.number().nullable();

/** `linmap.history/1`; fields that later versions add are kept. */
export const historyEntrySchema = z.looseObject({
  schema: z.literal(HISTORY_SCHEMA),
  time: z.iso.datetime(),
  commit: z.object({ hash: z.string(), dirty: z.boolean() }).nullable(),
  version: z.string(),
  fingerprint: z.string(),
  cpu: z.string(),
  node: z.string(),
  v8: z.string(),
  wasm: z.string(),
  loadAverage: z.number(),
  options: z.looseObject({ quick: z.boolean(), filter: z.string().nullable() }),
  seed: z.number().nullable(),
  warnings: z.int(),
  exact: z.object({ cases: z.int(), digest: z.string(), kinds: z.record(z.string(), z.string()) }),
  series: z.array(
    z.object({
      name: z.string(),
      unit: z.string(),
      median: z.number(),
      low: bound,
      high: bound,
      samples: bound,
      better: z.literal(['lower', 'higher']),
    }),
  ),
});

export interface HistoryEntry {
  schema: typeof HISTORY_SCHEMA;
  /** ISO 8601, UTC. */
  time: string;
  commit: { hash: string; dirty: boolean } | null;
  version: string;
  /** Of machine and runtime: see Environment. */
  fingerprint: string;
  cpu: string;
  node: string;
  v8: string;
  /** SHA-256 of the module. */
  wasm: string;
  loadAverage: number;
  options: { quick: boolean; filter: string | null; [option: string]: unknown };
  seed: number | null;
  /** How many there were. */
  warnings: number;
  /** Digests over the counters and final maps of all exact cases, and of each kind of case. */
  exact: ExactDigest;
  series: TimedSeries[];
}

export interface ExactDigest {
  cases: number;
  digest: string;
  /** By kind of case; kinds without cases are not here. */
  kinds: Record<string, string>;
}

/** What the history keeps of a run. */
export function historyEntry(run: Run): HistoryEntry {
  const { environment } = run;
  const { seed = null, ...options } = run.options;
  return {
    schema: HISTORY_SCHEMA,
    time: run.time,
    commit: run.commit,
    version: run.version,
    fingerprint: environment.fingerprint,
    cpu: environment.cpu,
    node: environment.node,
    v8: environment.v8,
    wasm: environment.wasm.sha256,
    loadAverage: environment.loadAverage,
    options,
    seed,
    warnings: run.warnings.length,
    exact: exactDigest(exactCases(run)),
    series: timedSeries(run).map(rounded),
  };
}

/** Digests that do not depend on the order of cases or counters. */
export function exactDigest(cases: readonly ExactCase[]): ExactDigest {
  const kinds: Record<string, string> = {};
  for (const kind of EXACT_KINDS) {
    const ofKind = cases.filter(({ name }) => kindOf(name) === kind);
    if (ofKind.length > 0) kinds[kind] = digestOf(ofKind);
  }
  return { cases: cases.length, digest: digestOf(cases), kinds };
}

function digestOf(cases: readonly ExactCase[]): string {
  const lines = cases.map(({ name, counters, digest }) => {
    const sorted = Object.entries(counters).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([name, sorted, digest]);
  });
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 16);
}

/** Six digits: more than any time repeats to, and half as long. */
function rounded(series: TimedSeries): TimedSeries {
  const round = (value: number) => Number(value.toPrecision(6));
  const { median, low, high } = series;
  return {
    ...series,
    median: round(median),
    low: low === null ? null : round(low),
    high: high === null ? null : round(high),
  };
}
