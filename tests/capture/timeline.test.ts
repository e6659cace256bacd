/** The course of a map over a trace. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Replay, replay } from '../../src/capture/replay.js';
import type { Scenario } from '../../src/capture/scenario.js';
import { type Timeline, TimelineWatch } from '../../src/capture/timeline.js';
import { Core } from '../../src/core/core.js';
import { totalSplits, totalTables, totalTlbi } from '../../src/core/counters.js';
import { runs } from '../core/runs.js';
import { captureOf, sampleMachine, sampleWishes } from './random-kernel.js';
import { scenario, shipped, traceLines, withTrace } from './shipped.js';

const core = new Core();

function course(of: Scenario): { timeline: Timeline; result: Replay } {
  const watch = new TimelineWatch();
  const result = replay(core, of, [watch]);
  return { timeline: watch.timeline(), result };
}

function expectEnds({ points }: Timeline, { before, after, counters }: Replay): void {
  expect(points[0]).toMatchObject({
    at: 0,
    calls: 0,
    leafBytes: before.leafBytes,
    tableBytes: before.tableBytes,
    splits: 0,
    tablesAllocated: 0,
    tlbi: 0,
  });
  expect(points.at(-1)).toMatchObject({
    leafBytes: after.leafBytes,
    tableBytes: after.tableBytes,
    splits: totalSplits(counters),
    tablesAllocated: totalTables(counters),
    tlbi: totalTlbi(counters),
  });
}

function expectOrder({ points, markers }: Timeline): void {
  for (const list of [points, markers]) {
    const places = list.map(({ at }) => at);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  }
  for (const count of ['calls', 'splits', 'tlbi', 'tablesAllocated'] as const) {
    const counts = points.map((point) => point[count]);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  }
}

describe.each(shipped)('%s', (name) => {
  it('goes from the map before to the map after', () => {
    const { timeline, result } = course(scenario(name));
    expectEnds(timeline, result);
    expectOrder(timeline);
    expect(timeline.unit).toBe('seconds');
    expect(timeline.points.length).toBeGreaterThan(2);
    expect(timeline.points.length).toBeLessThanOrEqual(502);
    // What a map consists of changes, how much is mapped does not.
    const mapped = timeline.points.map(({ leafBytes }) => Object.values(leafBytes).reduce((a, b) => a + b));
    expect(new Set(mapped).size).toBe(1);
  });

  it('is exact at each point: a replay that stops there has that map', () => {
    const whole = scenario(name);
    const { timeline } = course(whole);
    const { points } = timeline;
    for (const index of [1, Math.floor(points.length / 2), points.length - 2]) {
      const point = points[index];
      if (!point) throw new Error('a timeline has points');
      const lines = traceLines(name);
      const cut = lines.slice(0, lineAfter(whole, point.calls));
      const { result } = course({ ...withTrace(name, cut), snapshots: new Map() });
      expect(result.after.leafBytes).toEqual(point.leafBytes);
      expect(result.after.tableBytes).toBe(point.tableBytes);
      expect(totalSplits(result.counters)).toBe(point.splits);
    }
  });
});

/** Lines before the call that follows the first `calls` after the marker that begins a replay. */
function lineAfter({ trace: { calls } }: Scenario, count: number): number {
  const made = [...calls].filter(({ kind }) => kind === 'change' || kind === 'kfence' || kind === 'flush');
  const begin = [...calls].find((call) => call.kind === 'marker' && call.name === 'before')?.line ?? 0;
  return (made.filter(({ line }) => line > begin)[count]?.line ?? Number.POSITIVE_INFINITY) - 1;
}

it('goes from before to after on any machine', () => {
  fc.assert(
    fc.property(sampleMachine, sampleWishes, (machine, wishes) => {
      const { timeline, result } = course(captureOf(machine, wishes).scenario);
      expectEnds(timeline, result);
      expectOrder(timeline);
    }),
    { numRuns: runs(30) },
  );
});

describe('moments', () => {
  it('are those of the calls: one for each where calls are few', () => {
    const of = scenario('4k-bbml2/load-small');
    const { timeline } = course(of);
    expect(timeline.points.map(({ calls }) => calls)).toEqual([...timeline.points.keys()]);
    const calls = [...of.trace.calls];
    const begin = calls.findIndex((call) => call.kind === 'marker' && call.name === 'before') + 1;
    expect(timeline.start).toBe(calls[begin]?.seconds);
  });

  it('count calls where the trace has no times', () => {
    const lines = traceLines('4k-bbml2/load-small').map((line) => line.replace(/ \d+\.\d{6}: /, ' 17: '));
    const { timeline, result } = course(withTrace('4k-bbml2/load-small', lines));
    expect(timeline).toMatchObject({ unit: 'events', start: null });
    expect(timeline.points.every(({ at, calls }) => at === calls)).toBe(true);
    expectEnds(timeline, result);
  });

  it('are some five hundred of a long trace, of a burst and of a long wait alike', () => {
    const lines = traceLines('4k-bbml2/load-small').filter((line) => !line.includes('SNAP_'));
    const repeated = Array.from({ length: 20 }, (_, round) =>
      lines.map((line) =>
        // The last round comes an hour later.
        line.replace(
          / (\d+)\.(\d{6}): /,
          (_all, s, us) => ` ${Number(s) + 5 * round + (round === 19 ? 3600 : 0)}.${us}: `,
        ),
      ),
    ).flat();
    const { timeline, result } = course({
      ...withTrace('4k-bbml2/load-small', repeated),
      snapshots: new Map(),
    });
    expectEnds(timeline, result);
    expectOrder(timeline);
    const { points } = timeline;
    expect(points.length).toBeGreaterThan(200);
    expect(points.length).toBeLessThanOrEqual(502);
    // By time alone the burst of the first hundred seconds would be three points.
    expect(points.filter(({ at }) => at < 100).length).toBeGreaterThan(150);
  });

  it('are marked where a map was read', () => {
    const { markers, points } = course(scenario('4k-bbml2/secretmem')).timeline;
    expect(markers.map(({ name }) => name)).toEqual(['held', 'after']);
    expect(markers[0]?.at).toBeGreaterThan(0);
    expect(markers[0]?.at).toBeLessThan(points.at(-1)?.at ?? 0);
  });

  it('are two where nothing happens', () => {
    const { timeline, result } = course(withTrace('4k-bbml2/load-small', ['# tracer: nop']));
    expect(timeline).toMatchObject({ unit: 'events', start: null, markers: [] });
    expect(timeline.points).toHaveLength(2);
    expectEnds(timeline, result);
  });
});
