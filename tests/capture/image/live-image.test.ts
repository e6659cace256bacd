/** A machine whose tables change while they are read. */
import { describe, expect, it } from 'vitest';
import { readImageSource } from '../../../src/capture/image/read-image.js';
import type { LinearMap } from '../../../src/map/linear-map.js';
import { MiB } from '../../core/sizes.js';
import { coreFile } from './core-file.js';
import { SparseSource } from './sparse-source.js';

const table = 0x1800000000000403n;
const start = -(2 ** 48);
const map: LinearMap = {
  granule: 4096,
  vaBits: 48,
  rootLevel: 0,
  leaves: [
    { level: 2, va: start, pa: 2 ** 30, count: 2, attributes: 0xe8000000000705n },
    { level: 3, va: start + 4 * MiB, pa: 2 ** 30 + 4 * MiB, count: 512, attributes: 0xe8000000000707n },
  ],
  tables: [
    { level: 0, va: start, attributes: table },
    { level: 1, va: start, attributes: table },
    { level: 2, va: start + 4 * MiB, attributes: table },
  ],
};
const READ_ONLY = 0x80n;

/** A source whose page at index 3 (pages of 4 KiB) or 2 (blocks) is changed before the read of the given number. */
function changing(change: (words: (level: number) => BigUint64Array, read: number) => void): SparseSource {
  const file = coreFile(map, { flavour: 'kcore' });
  const words = (level: number): BigUint64Array => {
    const at = file.tables.find((one) => one.level === level)?.offset;
    const piece = file.pieces.find(({ offset }) => offset === at);
    if (piece === undefined) throw new Error(`no table of level ${level}`);
    return new BigUint64Array(piece.bytes.buffer);
  };
  const source = new SparseSource(file, true);
  let reads = 0;
  source.beforeRead = () => change(words, ++reads);
  return source;
}

describe('a live machine', () => {
  it('that holds still is read twice', () => {
    let reads = 0;
    const source = changing((_, read) => {
      reads = read;
    });
    expect(readImageSource(source)).toMatchObject({ map, moved: [] });
    // Headers and notes are read once, four tables twice.
    expect(reads).toBe(4 + 2 * 4);
  });

  it('that changes for a while is read until two readings agree', () => {
    const source = changing((words, read) => {
      const pages = words(3);
      if (read > 4 && read < 15) pages[7] = (pages[7] ?? 0n) ^ READ_ONLY;
    });
    const { map: read, moved } = readImageSource(source);
    expect(moved).toEqual([]);
    expect(read).toEqual(map);
  });

  it('that never holds still is told what moved', () => {
    const source = changing((words, read) => {
      // Once a reading: headers and notes take four reads, a reading of the tables as many.
      if (read % 4 !== 1) return;
      const pages = words(3);
      for (const page of [7, 8, 20]) pages[page] = (pages[page] ?? 0n) ^ READ_ONLY;
      const blocks = words(2);
      blocks[1] = (blocks[1] ?? 0n) ^ 0x801n;
    });
    const { moved } = readImageSource(source, { readings: 3 });
    expect(moved).toHaveLength(3);
    expect(moved[0]).toMatch(
      /^level 2, 0xffff000000200000-0xffff000000400000, 1 descriptor: PMD blocks, (read-write|invalid)/,
    );
    expect(moved[1]).toMatch(/^level 3, 0xffff000000407000-0xffff000000409000, 2 descriptors: pages, /);
    const forms = ['read-write (0xe8000000000707)', 'read-only (0xe8000000000787)'];
    for (const form of forms) expect(moved[1]).toContain(`pages, ${form}`);
    expect(moved[1]).toContain(' became pages, ');
    expect(moved[2]).toMatch(/^level 3, 0xffff000000414000-0xffff000000415000, 1 descriptor: pages, /);
  });

  it('whose table is torn once is read again', () => {
    const source = changing((words, read) => {
      const blocks = words(2);
      // A table far outside the memory, during the first reading only.
      if (read === 7) blocks[5] = 0x1800_7fff_ffff_f403n;
      if (read === 9) blocks[5] = 0n;
    });
    expect(readImageSource(source)).toMatchObject({ map, moved: [] });
  });

  it('whose table stays torn is refused', () => {
    const source = changing((words) => {
      words(2)[5] = 0x1800_7fff_ffff_f403n;
    });
    expect(() => readImageSource(source)).toThrow(
      'memory.elf: expected the table of level 3 for 0xffff000000a00000 at pa 0x7ffffffff000, found no load',
    );
  });
});
