/** Memory by iomem against what is mapped by the tables: neither half of a machine nor another machine goes unnoticed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { memoryDisagreements } from '../../../src/capture/machine-facts/memory-check.js';
import { parseIomem } from '../../../src/capture/texts/iomem.js';
import { captures } from './sent-files.js';
import { TrialImport } from './trial-import.js';

const texts = join(captures, '4k48-bbml2-ptdump/texts');
const iomem = readFileSync(join(texts, 'iomem.txt'), 'utf8');

let trial: TrialImport;
beforeEach(() => {
  trial = new TrialImport();
});

/** What an import of the shipped texts with this iomem says of memory. */
async function warningsWith(text: string): Promise<string[]> {
  for (const name of ['kernel_page_tables.txt', 'cpuinfo.txt']) {
    trial.send(name, readFileSync(join(texts, name)));
  }
  trial.send('iomem.txt', text);
  const { warnings } = await trial.run([trial.sent]);
  return warnings.filter((line) => /mapped|memory/.test(line));
}

describe('iomem and kernel_page_tables', () => {
  test('of one machine agree', async () => {
    expect(await warningsWith(iomem)).toEqual([]);
  });

  test('where less is memory than is mapped', async () => {
    const less = iomem
      .replace('40000000-bfffffff : System RAM', '40000000-7fffffff : System RAM')
      .replace(/^ {2}(?:80000000|b).*\n/gm, '');
    expect(await warningsWith(less)).toContainEqual(
      expect.stringMatching(
        /kernel_page_tables\.txt: 1 GiB are mapped but no memory, the first at PA 0x80000000, by iomem\.txt: System RAM$/,
      ),
    );
  });

  test('where more is memory than is mapped', async () => {
    const more = iomem.replace('40000000-bfffffff : System RAM', '40000000-ffffffff : System RAM');
    expect(await warningsWith(more)).toEqual([
      expect.stringMatching(
        /kernel_page_tables\.txt: 1 GiB are memory but not mapped, the first at PA 0xc0000000, by iomem\.txt: System RAM$/,
      ),
    ]);
  });
});

describe('memory that is there twice', () => {
  test.each([
    ['two ranges', '40000000-bfffffff : System RAM\n80000000-ffffffff : System RAM\n', 2],
    ['in another order', '80000000-ffffffff : System RAM\n40000000-7fffffff : System RAM\n', 2],
    ['without the indentation', iomem.replaceAll(/^ +/gm, ''), 10],
  ])('%s: is refused with its line', async (_what, text, line) => {
    trial.send('iomem.txt', text);
    expect(await trial.refusal([trial.sent])).toMatch(
      new RegExp(
        `iomem\\.txt:${line}: expected a range above ".*" of line \\d+, or indented below it, found`,
      ),
    );
  });

  test('what is no memory may lie as it likes', () => {
    const text = '09000000-09000fff : a\n09000800-09000fff : b\n40000000-bfffffff : System RAM\n';
    expect(parseIomem(text, 'iomem').regions).toHaveLength(3);
  });
});

describe('disagreements', () => {
  const bank = (start: number, size: number, noMap = false) => ({ start, size, noMap });
  const map = (...pieces: [pa: number, pages: number][]) => ({
    granule: 4096 as const,
    vaBits: 48,
    rootLevel: 0,
    tables: [],
    leaves: pieces.map(([pa, count]) => ({ level: 3, va: pa - 2 ** 48, pa, count, attributes: 3n })),
  });

  test('are counted on both sides, in pieces', () => {
    expect(
      memoryDisagreements(map([0x1000, 1], [0x3000, 2], [0x9000, 1]), [
        bank(0x1000, 0x3000),
        bank(0x4000, 0x1000, true),
        bank(0x8000, 0x2000),
      ]),
    ).toEqual([
      '4 KiB are mapped but no memory, the first at PA 0x4000',
      '8 KiB are memory but not mapped, the first at PA 0x2000',
    ]);
  });

  test('are none where banks and leaves are cut otherwise', () => {
    expect(
      memoryDisagreements(map([0x1000, 1], [0x2000, 4]), [bank(0x1000, 0x4000), bank(0x5000, 0x1000)]),
    ).toEqual([]);
  });
});
