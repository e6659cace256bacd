// What an estimate of TLB misses says, as data.
import type { NoAnswer } from './analytic/level-misses.js';
import type { NoForm } from './closed-form/level-forms.js';
import type { StreamLaw } from './streams/stream-law.js';

/** One access stream on one core, over the maps of several configurations of one machine. Estimated by simulation. */
export interface TlbRecord {
  core: string;
  machine: string;
  stream: AccessStreamRecord;
  configurations: TlbConfigurationRecord[];
}

export interface AccessStreamRecord {
  /** Generated: the stream with its parameters; captured: the file's name. */
  name: string;
  captured: boolean;
  accesses: number;
  /** null where they are not known. */
  instructions: number | null;
}

export interface TlbConfigurationRecord {
  /** `pages`, `blocks`, `blocks-after`, `on`, or a strategy's id for what it leaves behind. */
  id: string;
  accesses: number;
  l1Misses: number;
  /** Misses of the second level: each begins a walk. */
  l2Misses: number;
  walks: number;
  /** Accesses that waited for a walk already under way to the same leaf; no misses of either level. */
  merged: number;
  linesFetched: { l2: number; system: number; dram: number };
  lookupCycles: number;
  walkCycles: number;
  stallCycles: number;
  faults: number;
  /** Misses of the second level for each 1000 instructions. */
  mpki: { linearMap: number; kernel: number; total: number } | null;
  walkCyclesPer1000Instructions: number | null;
  /** Data side: different leaves touched, whose first miss no TLB avoids. */
  coldMisses: number;
  /** Misses of the second level by data accesses: what stands beside lruMisses. */
  dataL2Misses: number;
  /** Misses of an ideal LRU buffer of the second level's data entries, exact (Mattson). */
  lruMisses: number;
  /** What can be said of both levels without simulating them; null where that was not asked for. */
  analytic: { dataAccesses: number; l1: LevelAnswerRecord; l2: LevelAnswerRecord } | null;
  /** Miss ratio of such a buffer by its entries, data side. */
  curve: { entries: number; missRatio: number }[];
  /** Bytes that the second level's data entries reach over the leaves of this stream, at most. */
  reachBytes: number;
}

/** Data accesses that one level misses, of those that it is asked for: simulated and by two ways of theory. */
export interface LevelAnswerRecord {
  simulatedMisses: number;
  /** LRU stack distances within the level's sets, exact, walks taking no time. null: `noStackAnswer` says why. */
  stackMisses: number | null;
  /** Simulated less that, in per cent of all data accesses. */
  stackPoints: number | null;
  noStackAnswer: NoAnswer | null;
  /** The same requests to one set of all entries. */
  fullyAssociativeMisses: number | null;
  /** And what sets make of that if units lie at random (binomial). */
  binomialMisses: number | null;
  /** Law of the stream. */
  closedForm: StreamLaw['name'] | null;
  /** Expected, TLBs being empty at first. null: `noClosedForm` says why. */
  closedFormMisses: number | null;
  closedFormPoints: number | null;
  noClosedForm: NoForm | null;
}
