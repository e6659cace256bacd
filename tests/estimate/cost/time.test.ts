import { describe, expect, test } from 'vitest';
import { Core } from '../../../src/core/core.js';
import { OperationList } from '../../../src/core/operations.js';
import type { Platform } from '../../../src/estimate/cost/platform.js';
import { APPLE_M2, MESH_SERVER } from '../../../src/estimate/cost/platforms.js';
import { estimateTime } from '../../../src/estimate/cost/time.js';
import { bootLinearMap } from '../../../src/kernel/boot.js';
import { describeMachine } from '../../../src/machine/synthetic.js';
import { countersOf } from './sample-counters.js';

/** One flush of one page: DSB ISHST, TLBI, DSB ISH, ISB. */
const FLUSH = { tlbi: { single: 1, range: 0, all: 0 }, dsbIshst: 1, dsbIsh: 1, isb: 1 };

const flush = MESH_SERVER.costs.flush;

test('nothing counted takes no time, and nothing dominates', () => {
  expect(estimateTime(countersOf({}), MESH_SERVER)).toEqual({
    low: 0,
    typical: 0,
    high: 0,
    terms: [],
    dominating: [],
    perOtherCpu: { low: 0, typical: 0, high: 0 },
  });
});

test('a flush is one price: its barriers and its first TLBI are in it', () => {
  const { low, typical, high, terms } = estimateTime(countersOf(FLUSH), MESH_SERVER);
  expect({ low, typical, high }).toEqual({ low: flush.low, typical: flush.typical, high: flush.high });
  expect(terms.map(({ quantity, count }) => [quantity, count])).toEqual([['flush', 1]]);
});

test('further TLBIs of a flush cost little each', () => {
  const counters = countersOf({ ...FLUSH, tlbi: { single: 511, range: 0, all: 0 } });
  // 1500 + 510 × 25
  expect(estimateTime(counters, MESH_SERVER).typical).toBe(14_250);
});

test('ranges are told apart, and the first of them is in the flush', () => {
  const counters = countersOf({ ...FLUSH, tlbi: { single: 1, range: 3, all: 0 } });
  const counts = estimateTime(counters, MESH_SERVER).terms.map(({ quantity, count }) => [quantity, count]);
  expect(counts).toEqual([
    ['flush', 1],
    ['furtherRangeTlbi', 3],
  ]);
});

test('the repeat-TLBI workaround doubles a flush, and has no further TLBI or barrier', () => {
  const repeated = countersOf({ tlbi: { single: 2, range: 0, all: 0 }, dsbIshst: 1, dsbIsh: 2, isb: 1 });
  const { typical, terms } = estimateTime(repeated, MESH_SERVER, { repeatsTlbi: true });
  expect(typical).toBe(2 * flush.typical);
  expect(terms).toHaveLength(1);
});

test('barriers that are not of a flush stand for themselves', () => {
  // 512 pages of a batch without lazy mode, then a flush.
  const counters = countersOf({ ...FLUSH, dsbIshst: 513, isb: 513, descriptorWrites: 512 });
  const { terms } = estimateTime(counters, MESH_SERVER);
  expect(terms.map(({ quantity, count }) => [quantity, count])).toEqual([
    ['barrier', 512],
    ['descriptorStore', 512],
    ['flush', 1],
  ]);
  expect(terms[0]?.typical).toBe(512 * 16);
});

describe('issuers', () => {
  test('each further one delays every flush', () => {
    const alone = estimateTime(countersOf(FLUSH), MESH_SERVER);
    const among32 = estimateTime(countersOf(FLUSH), MESH_SERVER, { issuers: 32 });
    expect(among32.typical - alone.typical).toBe(31 * 1000);
    expect(among32.high - alone.high).toBe(31 * 6300);
    expect(among32.dominating).toEqual(['contendedFlush']);
  });

  test('and every lock of a split', () => {
    const { terms } = estimateTime(countersOf({ boundaries: 2 }), MESH_SERVER, { issuers: 2 });
    expect(terms.map(({ quantity, count }) => [quantity, count])).toEqual([
      ['contendedLock', 2],
      ['lock', 2],
    ]);
    // One lock for both boundaries, or one for each.
    expect(terms[1]).toMatchObject({ low: 15, high: 80 });
  });

  test.each([0, -1, 1.5, Number.NaN])('%s are none', (issuers) => {
    expect(() => estimateTime(countersOf({}), MESH_SERVER, { issuers })).toThrow(RangeError);
  });
});

describe('zeroing of new tables', () => {
  const counters = countersOf({ tablesAllocated: { p4d: 0, pud: 0, pmd: 1, pte: 1 } });
  const zeroing = (zeroesTables?: boolean) =>
    estimateTime(counters, MESH_SERVER, zeroesTables === undefined ? {} : { zeroesTables }).terms.find(
      ({ quantity }) => quantity === 'tableZeroing',
    );

  test('is known', () => {
    expect(zeroing(true)).toMatchObject({ low: 120, typical: 600, high: 1000 });
    expect(zeroing(false)).toMatchObject({ low: 0, typical: 0, high: 0 });
  });

  test('or may be or not', () => {
    expect(zeroing()).toMatchObject({ low: 0, typical: 600, high: 1000 });
  });
});

test('dominating quantities explain four fifths of the width, and no more than needed', () => {
  const { dominating, terms } = estimateTime(
    countersOf({ ...FLUSH, descriptorReads: 1, tablesAllocated: { p4d: 0, pud: 0, pmd: 1, pte: 1 } }),
    MESH_SERVER,
  );
  expect(dominating).toEqual(['tableAllocation', 'tableZeroing']);
  expect(terms.map(({ quantity }) => quantity)).toEqual([
    'flush',
    'tableZeroing',
    'tableAllocation',
    'descriptorRead',
  ]);
});

test('what others lose is told apart', () => {
  const { perOtherCpu, low } = estimateTime(countersOf(FLUSH), MESH_SERVER);
  expect(perOtherCpu).toEqual({ low: 10, typical: 50, high: 200 });
  expect(low).toBe(flush.low);
});

describe('one page of a 1 GiB block made read-only', () => {
  const core = new Core();
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 4 * 2 ** 30, bbml2: true });
  bootLinearMap(core, machine, 'final');
  core.resetCounters();
  const list = new OperationList();
  const { pageOffset } = core.geometry;
  list.push(core.operation.change, 0, pageOffset + 5 * 4096, 4096, core.permission('ro'));
  core.run(list);
  const counters = core.counters();
  const on = (platform: Platform) => estimateTime(counters, platform, { zeroesTables: false });

  test('two tables, their descriptors, and a flush', () => {
    expect(list.firstError()).toBe(0);
    const counts = Object.fromEntries(on(MESH_SERVER).terms.map(({ quantity, count }) => [quantity, count]));
    expect(counts).toMatchObject({ tableAllocation: 2, flush: 1 });
    expect(counts.descriptorStore).toBeGreaterThan(1024);
  });

  test('some microseconds: more on a mesh than on a small machine', () => {
    const server = on(MESH_SERVER);
    const small = on(APPLE_M2);
    expect(server.low).toBeGreaterThan(2_000);
    expect(server.high).toBeLessThan(20_000);
    expect(small.typical).toBeLessThan(server.typical);
    expect(server.dominating[0]).toBe('descriptorStore');
  });
});
