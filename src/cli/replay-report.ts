// What a replay found, and the same as linmap.replay/1.
import type { Replay } from '../capture/replay.js';
import type { Scenario } from '../capture/scenario.js';
import type { Comparison } from '../map/compare.js';
import { claimWords, reservations } from '../report/replay/claim-words.js';
import { type Cost, cutOff } from '../report/replay/ranking.js';
import type { Strategy } from '../strategy/index.js';
import type { ReplayReview } from './replay-review.js';

/** Tasks and callers that the document names; the rest is summed. */
const LISTED = 100;

export interface ReplayReport {
  scenario: Scenario;
  /** null: what the kernel did. */
  strategy: Strategy | null;
  replay: Replay;
  /** Not with a strategy: then that one alone is asked about. */
  review?: ReplayReview;
  /** Against after.map.json; null where there is none. */
  after: Comparison | null;
  /** Bytes that end with another translation or other permissions than the kernel's; null without a strategy. */
  permissionDifferenceBytes: number | null;
  warnings: readonly string[];
}

/** Whether the replay did what it claims: every captured map was reached, or every page's permissions were. */
export function isFaithful({ strategy, replay, permissionDifferenceBytes }: ReplayReport): boolean {
  if (strategy) return permissionDifferenceBytes === 0;
  return replay.snapshots.every(({ equal }) => equal);
}

/** Captured maps that nothing was compared with, because the trace has no marker of their name. */
export function uncomparedMaps({ scenario, strategy, replay }: ReplayReport): string[] {
  if (strategy) return [];
  return [...scenario.snapshots.keys()].filter(
    (name) => !replay.snapshots.some((done) => done.name === name),
  );
}

/** The fields are described in docs/json.md. */
export function replayDocument(report: ReplayReport): object {
  const { scenario, strategy, replay, after, permissionDifferenceBytes } = report;
  return {
    schema: 'linmap.replay/1',
    machine: scenario.machineName,
    scenario: scenario.name,
    strategy: strategy?.id ?? null,
    granule: scenario.machine.granule,
    vaBits: scenario.machine.vaBits,
    events: scenario.events,
    lostEventLines: scenario.lost,
    applied: replay.applied,
    equal: after && after.differenceCount === 0,
    differences: after?.differences ?? [],
    differenceCount: after?.differenceCount ?? 0,
    permissionsEqual: permissionDifferenceBytes === null ? null : permissionDifferenceBytes === 0,
    permissionDifferenceBytes,
    snapshots: replay.snapshots.map(({ name, equal, differenceCount }) => ({ name, equal, differenceCount })),
    uncompared: uncomparedMaps(report),
    counters: replay.counters,
    traceCounters: replay.trace,
    leavesBefore: replay.before.leaves,
    leavesAfter: replay.after.leaves,
    leafBytesBefore: replay.before.leafBytes,
    leafBytesAfter: replay.after.leafBytes,
    tablesBefore: replay.before.tables,
    tablesAfter: replay.after.tables,
    tableBytesBefore: replay.before.tableBytes,
    tableBytesAfter: replay.after.tableBytes,
    ...(report.review ? reviewFields(report.review) : {}),
    warnings: report.warnings,
  };
}

function reviewFields({ claim, askers, strategies, timeline }: ReplayReview): object {
  return {
    claim: { ...claim, text: [claimWords(claim), ...reservations(claim)] },
    askedBy: { callers: ranking(askers.callers), tasks: ranking(askers.tasks) },
    strategies,
    timeline,
  };
}

function ranking<T extends Cost>(ranked: readonly T[]): object {
  return { count: ranked.length, ...cutOff(ranked, LISTED) };
}
