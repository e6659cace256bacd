// What linmap tlb found, and the same as linmap.tlb/1.
import type { Scenario } from '../capture/scenario.js';
import type { AccessClass } from '../estimate/access.js';
import type { Interval } from '../estimate/cost/interval.js';
import { estimateWalkTime } from '../estimate/cost/walk-time.js';
import type { LaidOut } from '../estimate/laid-out.js';
import type { TlbConfigurationRecord, TlbRecord } from '../estimate/tlb-record.js';
import type { CoreModel } from '../machine/cores/core-model.js';
import type { Machine } from '../machine/machine.js';

export interface TlbReport {
  core: CoreModel;
  /** The core's id or file, as it was asked for. */
  coreName: string;
  machine: Machine;
  scenario: Scenario | null;
  /** In the order of the record's. */
  configurations: readonly LaidOut[];
  /** null for what was captured. */
  seed: number | null;
  byClass: Record<AccessClass, number>;
  record: TlbRecord;
}

/** null where no instructions are known of: a stream without them has no rates. */
export function instructionsOf({ record }: TlbReport): number | null {
  return record.stream.instructions || null;
}

/** Cycles that walks keep instructions waiting, for each 1000 of them; null where none are known of. */
export function exposedCycles(report: TlbReport, { walkCycles }: TlbConfigurationRecord): Interval | null {
  const instructions = instructionsOf(report);
  if (instructions === null) return null;
  return estimateWalkTime(walkCycles, instructions, report.core.ghz.value).exposedCycles;
}

/**
 * Second-level misses of data accesses beyond those of an exact LRU buffer, in per cent of the data accesses; null
 * where there were none. Merged accesses count for neither: LRU fills at once.
 */
export function pointsOverLru({ byClass }: TlbReport, configuration: TlbConfigurationRecord): number | null {
  const { linearMap, otherKernel, user } = byClass;
  const accesses = linearMap + otherKernel + user;
  const { dataL2Misses, lruMisses } = configuration;
  return accesses === 0 ? null : (100 * (dataL2Misses - lruMisses)) / accesses;
}

/** The fields are described in docs/json.md. */
export function tlbDocument(report: TlbReport): object {
  const { record, seed, byClass } = report;
  const { name, captured, accesses } = record.stream;
  return {
    schema: 'linmap.tlb/1',
    core: record.core,
    machine: record.machine,
    stream: {
      ...(captured ? { file: name } : { name, seed }),
      accesses,
      accessesByClass: byClass,
      instructions: instructionsOf(report),
    },
    configurations: record.configurations.map(({ id, ...counts }, at) => ({
      id,
      title: report.configurations[at]?.title,
      ...counts,
      exposedCyclesPer1000Instructions: exposedCycles(report, { id, ...counts }),
      pointsOverLru: pointsOverLru(report, { id, ...counts }),
    })),
  };
}
