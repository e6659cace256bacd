// Replays of captured scenarios, and the same under each strategy.
import type { MapState, ReplayRecord, TraceStrategyRecord } from '../../src/record/run.js';
import { blocksState, brokenUp, counters, GIB, KIB, MIB, pagesState, STRATEGIES } from './sample-state.js';

interface Captured {
  machine: string;
  scenario: string;
  granule: number;
  vaBits: number;
  events: number;
  pages: number;
  runs: number;
  /** Blocks that page basis breaks up. */
  blocks: number;
}

const CAPTURED: Captured[] = [
  {
    machine: '4k-bbml2',
    scenario: 'load-small',
    granule: 4096,
    vaBits: 39,
    events: 1465,
    pages: 250,
    runs: 96,
    blocks: 7,
  },
  {
    machine: '4k-bbml2',
    scenario: 'unload-small',
    granule: 4096,
    vaBits: 39,
    events: 2210,
    pages: 418,
    runs: 418,
    blocks: 2,
  },
  {
    machine: '4k-bbml2',
    scenario: 'cbpf200',
    granule: 4096,
    vaBits: 39,
    events: 3044,
    pages: 712,
    runs: 203,
    blocks: 5,
  },
  {
    machine: '4k-bbml2',
    scenario: 'kfence-late',
    granule: 4096,
    vaBits: 39,
    events: 520,
    pages: 0,
    runs: 0,
    blocks: 2,
  },
  {
    machine: '4k-bbml2',
    scenario: 'secretmem',
    granule: 4096,
    vaBits: 39,
    events: 75,
    pages: 16,
    runs: 16,
    blocks: 1,
  },
  {
    machine: '4k-bbml2-fuzz',
    scenario: 'fuzz-ranges',
    granule: 4096,
    vaBits: 39,
    events: 9120,
    pages: 1800,
    runs: 1800,
    blocks: 120,
  },
  {
    machine: '4k-pages',
    scenario: 'load-small',
    granule: 4096,
    vaBits: 39,
    events: 1440,
    pages: 250,
    runs: 101,
    blocks: 0,
  },
  {
    machine: '4k48-bbml2-ptdump',
    scenario: 'load-small',
    granule: 4096,
    vaBits: 48,
    events: 1471,
    pages: 250,
    runs: 88,
    blocks: 6,
  },
  {
    machine: '16k-bbml2',
    scenario: 'load-small',
    granule: 16384,
    vaBits: 47,
    events: 690,
    pages: 92,
    runs: 61,
    blocks: 2,
  },
  {
    machine: '64k48-bbml2',
    scenario: 'secretmem',
    granule: 65536,
    vaBits: 48,
    events: 70,
    pages: 4,
    runs: 4,
    blocks: 1,
  },
];

function capturedBefore({ granule, blocks }: Captured): MapState {
  return blocks === 0 ? pagesState(granule, 2 * GIB) : blocksState(granule, 4 * GIB);
}

function capturedAfter(captured: Captured, strategy: string): MapState {
  const { granule, pages, runs, blocks } = captured;
  const before = capturedBefore(captured);
  if (blocks === 0) return before;
  const calls = strategy === 'contiguous-runs' ? runs : pages;
  const used = Math.min(blocks * 2 * MIB, calls * granule + 64 * KIB);
  const contiguous = blocks * 2 * MIB - used;
  if (strategy === 'series-v3') return brokenUp(before, used + contiguous, 0, blocks, granule);
  return brokenUp(before, used, contiguous, blocks, granule);
}

function traceStrategy(captured: Captured, strategy: string): TraceStrategyRecord {
  const { machine, scenario, granule, pages, runs, blocks } = captured;
  const calls = strategy === 'contiguous-runs' ? runs : pages;
  const flushes = scenario === 'unload-small' ? 15 : calls;
  return {
    machine,
    scenario,
    granule,
    strategy,
    permissionsEqual: strategy !== 'pages-only' || blocks === 0,
    counters: counters({
      calls,
      stores:
        pages + blocks * (strategy === 'series-v3' ? 513 : 529) + (strategy === 'contiguous-runs' ? 0 : runs),
      pteTables: blocks,
      dsbIshst: 2 * calls + blocks,
      dsbIsh: flushes,
      isb: 2 * calls,
      tlbi: flushes + (strategy === 'series-v3' ? blocks : 0),
    }),
    before: capturedBefore(captured),
    after: capturedAfter(captured, strategy),
  };
}

function replay(captured: Captured): ReplayRecord {
  const { machine, scenario, granule, vaBits, events, pages } = captured;
  return {
    machine,
    scenario,
    granule,
    vaBits,
    events,
    applied: pages,
    equal: scenario === 'fuzz-ranges' ? null : true,
    differenceCount: 0,
    agreesWithTrace: true,
    counters: traceStrategy(captured, 'page-basis').counters,
    before: capturedBefore(captured),
    after: capturedAfter(captured, 'page-basis'),
  };
}

export function sampleReplays(): ReplayRecord[] {
  return CAPTURED.map(replay);
}

export function sampleTraceStrategies(): TraceStrategyRecord[] {
  return CAPTURED.flatMap((captured) => STRATEGIES.map((strategy) => traceStrategy(captured, strategy)));
}
