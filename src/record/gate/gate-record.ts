// The gate on times as data: a candidate core against a pinned reference, timed in pairs.
import type { RatioInterval, RatioVerdict } from '../../measure/ratio-verdict.js';

export interface GateRecord {
  /** Whether any benchmark was judged. */
  judged: boolean;
  /** Why none was; null where some were. */
  reason: string | null;
  candidate: { sha256: string };
  /** null where none is pinned. */
  reference: { sha256: string; commit: string | null; pinned: string } | null;
  /** What batches were timed with: the processor time of the process, or the wall clock. */
  clock: 'cpu' | 'wall';
  /** Options of Node that the processes ran with. */
  nodeOptions: string[];
  quick: boolean;
  seed: number;
  /** Processes in all. A benchmark that has its verdict is left out of those that follow. */
  processes: number;
  /** Probability, over all benchmarks together, of calling one changed that is not. */
  alpha: number;
  elapsedMs: number;
  benchmarks: GateBenchmark[];
  /** What a reader has to know. */
  notes: string[];
}

export interface GateBenchmark {
  name: string;
  verdict: RatioVerdict;
  /** The control was not within the margin either. */
  tooNoisy: boolean;
  /** Ratio that is still no change, 0.03 for 3 %. */
  margin: number;
  /** Time of the candidate to that of the reference; above 1 is slower. */
  ratio: RatioInterval;
  /** The reference against itself, measured between the others. */
  control: RatioInterval;
  /** Processes that measured it. */
  processes: number;
}

/** A benchmark became slower by more than its margin. */
export function isRegressed({ benchmarks }: GateRecord): boolean {
  return benchmarks.some(({ verdict }) => verdict === 'regressed');
}
