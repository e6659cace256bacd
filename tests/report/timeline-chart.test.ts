/** The chart of a timeline: its finding, and areas that add up. */
import { expect, test } from 'vitest';
import type { Timeline, TimelinePoint } from '../../src/capture/timeline.js';
import { timelineChart } from '../../src/report/charts/timeline.js';
import { leafAreas } from '../../src/report/charts/timeline-areas.js';

const MiB = 2 ** 20;

function point(at: number, change: Partial<TimelinePoint> = {}): TimelinePoint {
  return {
    at,
    calls: at,
    leafBytes: { pud: 0, pmdCont: 64 * MiB, pmd: 100 * MiB, pteCont: 4 * MiB, pte: 0 },
    tables: 5,
    tableBytes: 5 * 4096,
    readOnlyBytes: 0,
    invalidBytes: 0,
    splits: 0,
    tablesAllocated: 0,
    tlbi: 0,
    ...change,
  };
}

const subject = {
  name: 'm/s',
  granule: 4096,
  splitters: ['insmod', 'modprobe', 'bpftool'],
  blockSplits: 2,
  claim: 'not checked: no map after',
};
const course = (...points: TimelinePoint[]): Timeline => ({
  unit: 'seconds',
  start: 27,
  points,
  markers: [{ at: 1, name: 'held' }],
});
const SPLIT = course(
  point(0),
  point(1, { leafBytes: { pud: 0, pmdCont: 32 * MiB, pmd: 132 * MiB, pteCont: 4 * MiB, pte: 0 } }),
  point(2, {
    leafBytes: { pud: 0, pmdCont: 0, pmd: 160 * MiB, pteCont: 7 * MiB, pte: 1 * MiB },
    tableBytes: 7 * 4096,
  }),
);

test('the title is what was found, the line under it how certain that is', () => {
  const { title, config, conditions } = timelineChart(SPLIT, subject);
  expect(title).toBe(
    'insmod and 2 others split 2 blocks: 4 MiB from 2M blocks to smaller leaves, 8 KiB of tables',
  );
  expect(conditions).toContain('m/s, replayed; not checked: no map after. Before: 32M contiguous 64 MiB, ');
  expect(config.data.datasets.map(({ label }) => label).filter(Boolean)).toEqual([
    '4K page',
    '64K contiguous',
    '2M block',
    '32M contiguous',
    'page tables (right)',
  ]);
});

test('what some leaf sizes won is what others lost', () => {
  const areas = leafAreas(SPLIT.points);
  const outermost = (side: number) =>
    areas.filter(({ edge }) => edge.some((bytes) => bytes * side > 0)).at(-1)?.edge;
  expect(outermost(1)).toEqual([0, 32 * MiB, 64 * MiB]);
  expect(outermost(-1)?.map((bytes) => Math.abs(bytes))).toEqual([0, 32 * MiB, 64 * MiB]);
});

test('a size that first wins and then loses is drawn on both sides, and named once', () => {
  const areas = leafAreas([
    point(0),
    point(1, { leafBytes: { pud: 0, pmdCont: 32 * MiB, pmd: 132 * MiB, pteCont: 4 * MiB, pte: 0 } }),
    point(2, { leafBytes: { pud: 0, pmdCont: 32 * MiB, pmd: 98 * MiB, pteCont: 4 * MiB, pte: 34 * MiB } }),
  ]);
  expect(areas.map(({ size, isFirstOfSize, isInnermost }) => [size, isFirstOfSize, isInnermost])).toEqual([
    ['pte', true, true],
    ['pmd', true, false],
    ['pmd', false, true],
    ['pmdCont', true, false],
  ]);
});

test('groups that lost the hint are no split blocks', () => {
  const { title } = timelineChart(course(...SPLIT.points.slice(0, 2)), {
    ...subject,
    splitters: [],
    blockSplits: 0,
  });
  expect(title).toBe('1 call moved 32 MiB from 32M contiguous to smaller leaves, no new tables');
});

test('where leaves keep their sizes, the chart is about permissions', () => {
  const { title, config } = timelineChart(course(point(0), point(1, { invalidBytes: MiB }), point(2)), {
    ...subject,
    splitters: [],
    blockSplits: 0,
  });
  expect(title).toBe('No leaf changed its size in 2 calls; at most 1 MiB more were invalid');
  expect(config.data.datasets[0]).toMatchObject({ label: 'invalid' });
});

test('nothing at all is a chart still', () => {
  const { title, config } = timelineChart(course(point(0)), { ...subject, splitters: [], blockSplits: 0 });
  expect(title).toBe('No leaf changed its size in 0 calls; no new tables');
  for (const axis of Object.values(config.options?.scales ?? {})) {
    const { min, max } = axis as { min: number; max: number };
    expect(max).toBeGreaterThan(min);
  }
});
