import { expect, test } from 'vitest';
import { publishedChecks } from '../../../src/estimate/published/catalogue.js';
import { checkMemcached } from '../../../src/estimate/published/memcached.js';
import { judge } from '../../../src/estimate/published/published-check.js';

const figures = { id: 'x', what: 'x', unit: 'ms', note: '', source: '' };

test.each([
  [100, 110, 10, 10, 'within'],
  [100, 111, 10, 11, 'outside'],
  [100, 80, 20, -20, 'within'],
  [-50, -40, 20, 20, 'within'],
  [-50, 50, 20, 200, 'outside'],
  [100, 500, null, 400, 'not comparable'],
] as const)(
  'published %s, estimated %s, within %s %%: off by %s %%, %s',
  (published, estimated, withinPercent, off, verdict) => {
    const check = judge({ ...figures, published, estimated, withinPercent });
    expect(check.deviationPercent).toBeCloseTo(off, 9);
    expect(check.verdict).toBe(verdict);
  },
);

test('memcached: the direction is judged, the size is shown', () => {
  const [direction, size] = checkMemcached([{ stream: 'trace, core', pages: 2, blocks: 1.5 }]);
  expect(direction).toMatchObject({ estimated: -1, verdict: 'within' });
  expect(size).toMatchObject({ published: -28.5, estimated: -25, verdict: 'not comparable' });
});

test('memcached: blocks that do not help contradict the series', () => {
  for (const blocks of [2, 3]) {
    const [direction] = checkMemcached([{ stream: 'trace, core', pages: 2, blocks }]);
    expect(direction?.verdict).toBe('outside');
  }
});

test('memcached: nothing can be lowered where nothing misses', () => {
  expect(() => checkMemcached([{ stream: 'trace, core', pages: 0, blocks: 0 }])).toThrow(RangeError);
});

test('checks need only what they are given; ids are unique and every row has a source', () => {
  const bare = publishedChecks();
  const all = publishedChecks({
    measureMissRatio: () => 0,
    memcached: [
      { stream: 'a', pages: 2, blocks: 1 },
      { stream: 'b', pages: 2, blocks: 1 },
    ],
  });
  expect(bare.map(({ id }) => id).filter((id) => /knee|memcached/.test(id))).toEqual([]);
  expect(all.length).toBe(bare.length + 11 + 4);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const { source, note, what } of all)
    for (const text of [source, note, what]) expect(text).not.toBe('');
});
