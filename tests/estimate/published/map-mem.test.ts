import { describe, expect, test } from 'vitest';
import { MESH_SERVER } from '../../../src/estimate/cost/platforms.js';
import { checkMapMem } from '../../../src/estimate/published/check-map-mem.js';
import { mapMemTime } from '../../../src/estimate/published/map-mem.js';

const GIB = 2 ** 30;
const checks = checkMapMem();
const outside = (from: string) =>
  checks.filter(({ id, verdict }) => id.startsWith(from) && verdict === 'outside').map(({ id }) => id);

test('tables times their mappings, barriers and descriptors', () => {
  // 2 MiB is one PTE table and 1/512 of a PMD table; 33 flushes, 512 barriers, 512 stores, one zeroing.
  const perTable = 33 * 1500 + 512 * 16 + 512 * 3.1 + 300;
  const time = mapMemTime(2 * 2 ** 20, { mappingsPerTable: 33, barrierPerStore: true }, MESH_SERVER);
  expect(time).toBeCloseTo(perTable * (1 + 1 / 512), 6);
});

test('time grows with memory and falls with each step', () => {
  const at = (gib: number, mappingsPerTable: number) =>
    mapMemTime(gib * GIB, { mappingsPerTable, barrierPerStore: false }, MESH_SERVER);
  expect(at(512, 2)).toBe(2 * at(256, 2));
  expect(at(256, 1)).toBeLessThan(at(256, 2));
});

test('all machines and steps of both postings are there', () => {
  expect(checks).toHaveLength(4 * 5 + 4 * 4);
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
});

describe('where the model holds', () => {
  test('every row of the table that no cost is from', () => {
    expect(outside('map-mem-v1-')).toEqual([]);
  });

  test('the whole map of 256 GiB, and all steps of the virtual machines of Ampere', () => {
    expect(outside('map-mem-v2-64g-')).toEqual([]);
    expect(outside('map-mem-v2-256g-')).toEqual([]);
  });
});

test('where it does not: a table is filled more slowly on bare metal, and one step of the small machine', () => {
  expect(outside('map-mem-v2-')).toEqual([
    'map-mem-v2-16g-no-alloc-remap',
    'map-mem-v2-512g-batch-barriers',
    'map-mem-v2-512g-no-alloc-remap',
    'map-mem-v2-512g-lazy-unmap',
  ]);
});
