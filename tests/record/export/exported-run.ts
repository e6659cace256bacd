// A run with everything that exports can say: gates included, and names that formats have to escape.
import type { GateBenchmark, GateRecord } from '../../../src/record/gate/gate-record.js';
import type { Run } from '../../../src/record/run.js';
import { sampleRun } from '../../report/sample-run.js';

type Verdict = GateBenchmark['verdict'];

export function gateWith(
  verdicts: readonly [string, Verdict, boolean?][],
  change: Partial<GateRecord> = {},
): GateRecord {
  return {
    judged: true,
    reason: null,
    candidate: { sha256: 'c'.repeat(64) },
    reference: { sha256: 'd'.repeat(64), commit: 'e'.repeat(40), pinned: '2026-01-01T00:00:00Z' },
    clock: 'cpu',
    nodeOptions: [],
    quick: false,
    seed: 1,
    processes: 12,
    alpha: 0.01,
    elapsedMs: 60_000,
    notes: [],
    benchmarks: verdicts.map(([name, verdict, tooNoisy = false]) => ({
      name,
      verdict,
      tooNoisy,
      margin: 0.03,
      ratio: { ratio: 1.05, low: 1.04, high: 1.06, confidence: 0.99 },
      control: { ratio: 1, low: 0.99, high: 1.01, confidence: 0.99 },
      processes: 12,
    })),
    ...change,
  };
}

export function exportedRun(): Run {
  return {
    ...sampleRun(),
    flushes: [
      {
        ...{ granule: 4096, vaBits: 48, cpu: 'range' },
        flushes: [
          { firstPage: 1, pages: 513, tlbi: { single: 1, range: 2, all: 0 }, dsbIshst: 1, dsbIsh: 1, isb: 1 },
        ],
      },
    ],
    gate: gateWith([
      ['walk <1 GiB> & "pages"', 'unchanged'],
      ['split', 'regressed'],
      ['change', 'inconclusive'],
      ['build', 'inconclusive', true],
    ]),
  };
}

export const everything = () => true;
