import { describe, expect, it } from 'vitest';
import { HOT_PATH_CASES, hotPathName } from '../../../bench/hot-path/cases.js';
import { measureHotPath } from '../../../bench/hot-path/run.js';

/** A millisecond a look. */
function tickingClock(): () => number {
  let now = 0;
  return () => ++now;
}

describe('the cases of the hot path', () => {
  it('cover the four paths', () => {
    expect(new Set(HOT_PATH_CASES.map(({ path }) => path))).toEqual(
      new Set(['walk', 'split', 'change', 'build']),
    );
  });

  it('have names of their own', () => {
    expect(new Set(HOT_PATH_CASES.map(hotPathName)).size).toBe(HOT_PATH_CASES.length);
  });

  it.each(HOT_PATH_CASES.map((one) => [hotPathName(one), one] as const))(
    'start from equal work in WASM and TypeScript, and count the same operations: %s',
    (_, one) => {
      const { wasm, typescript } = one.start();
      expect(wasm.operations).toBe(typescript.operations);
    },
  );
});

describe('measureHotPath()', () => {
  it('gives a record for each implementation of the cases that the filter matches', async () => {
    const progress: string[] = [];
    const records = await measureHotPath({
      quick: true,
      filter: /split/,
      onProgress: (text) => progress.push(text),
      clock: tickingClock(),
    });
    // A batch of 1024 splits takes one tick.
    const median = 1e6 / 1024;
    const record = { path: 'split', title: 'one page out of a 1 GiB block', operation: 'split' };
    expect(records.map(({ nsPerOperation, ...rest }) => rest)).toEqual([
      { ...record, implementation: 'wasm' },
      { ...record, implementation: 'typescript' },
    ]);
    for (const { nsPerOperation } of records) {
      expect(nsPerOperation).toMatchObject({ median, low: median, high: median });
      expect(nsPerOperation.samples).toBeGreaterThanOrEqual(8);
    }
    expect(progress).toEqual(['timing split: one page out of a 1 GiB block (1 of 1)']);
  });

  it('gives no records where the filter matches nothing', async () => {
    expect(await measureHotPath({ quick: true, filter: /no such case/ })).toEqual([]);
  });
});
