/** Table memory against size of memory: the closed forms, and nothing else. */
import { describe, expect, it } from 'vitest';
import { CONFIGURATIONS, REGIMES } from '../../bench/configurations.js';
import { tableMemory } from '../../bench/table-memory.js';
import { Core } from '../../src/core/core.js';
import { GiB, MiB, TiB } from '../core/sizes.js';

const records = tableMemory(new Core());

/** Bytes that one table of each level serves; 4K has PUD blocks. */
const SPANS: Readonly<Record<number, { pte: number; pmd: number; pud: number }>> = {
  4096: { pte: 2 * MiB, pmd: GiB, pud: 512 * GiB },
  16384: { pte: 32 * MiB, pmd: 64 * GiB, pud: Number.POSITIVE_INFINITY },
  65536: { pte: 512 * MiB, pmd: 4 * TiB, pud: Number.POSITIVE_INFINITY },
};

/** Tables of memory from PA 0; the root is not counted, and it is the PUD table of 16K/47 and 64K/48. */
function tables(granule: number, memory: number, pages: boolean): number {
  const { pte, pmd, pud } = SPANS[granule] ?? { pte: 1, pmd: 1, pud: 1 };
  const below = (span: number) => (span === Number.POSITIVE_INFINITY ? 0 : Math.ceil(memory / span));
  return (pages ? below(pte) : 0) + (pages || granule !== 4096 ? below(pmd) : 0) + below(pud);
}

describe('table memory', () => {
  it('covers 1 GiB to 6 TiB of every configuration and granule', () => {
    expect(records).toHaveLength(14 * CONFIGURATIONS.length * REGIMES.length);
    expect(Math.min(...records.map(({ memoryBytes }) => memoryBytes))).toBe(GiB);
    expect(Math.max(...records.map(({ memoryBytes }) => memoryBytes))).toBe(6 * TiB);
  });

  it('is the closed form for every size', () => {
    for (const { granule, memoryBytes, configuration, tableBytes } of records) {
      const expected = tables(granule, memoryBytes, configuration === 'pages') * granule;
      expect([granule, memoryBytes, configuration, tableBytes]).toEqual([
        granule,
        memoryBytes,
        configuration,
        expected,
      ]);
    }
  });

  it.each([
    [4096, 256 * GiB, 537923584],
    [4096, TiB, 2151686144],
    [4096, 6 * TiB, 12910116864],
    [16384, 256 * GiB, 8196 * 16384],
    [16384, 6 * TiB, 196704 * 16384],
    [65536, 256 * GiB, 33619968],
    [65536, TiB, 134283264],
    [65536, 6 * TiB, 805437440],
  ])('granule %i, %i bytes mapped to pages: %i bytes of tables', (granule, memory, bytes) => {
    const found = records.filter(
      (one) => one.granule === granule && one.memoryBytes === memory && one.configuration === 'pages',
    );
    expect(found.map(({ tableBytes }) => tableBytes)).toEqual([bytes]);
  });
});
