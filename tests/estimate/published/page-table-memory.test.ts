import { expect, test } from 'vitest';
import { checkPageTableMemory } from '../../../src/estimate/published/page-table-memory.js';

const [asSold, behindMemTotal] = checkPageTableMemory();

test('256 GiB of pages take 512 MiB of PTE tables and 1 MiB of PMD tables more than blocks, but for the image', () => {
  const tables = 131_072 + 256;
  expect(asSold?.published).toBe(516_148);
  expect(asSold?.estimated).toBeGreaterThan((tables - 10) * 4);
  expect(asSold?.estimated).toBeLessThanOrEqual(tables * 4);
  expect(asSold?.verdict).toBe('within');
});

test('the memory that MemTotal tells of comes nearer', () => {
  expect(behindMemTotal?.verdict).toBe('within');
  expect(Math.abs(behindMemTotal?.deviationPercent ?? 100)).toBeLessThan(
    Math.abs(asSold?.deviationPercent ?? 0),
  );
});
