// A capture dropped on the page: what the page makes of it is what the command line makes of it.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { kernelReport } from '../../src/browser/drop/documents.js';
import { importCapture } from '../../src/capture/import/import-capture.js';
import type { Given } from '../../src/capture/machine-facts/evidence.js';
import { replay } from '../../src/capture/replay.js';
import { readScenario } from '../../src/capture/scenario.js';
import { importDocument } from '../../src/cli/import-report.js';
import { replayDocument } from '../../src/cli/replay-report.js';
import { Core } from '../../src/core/core.js';
import { tarFile } from '../capture/archive/tar-file.js';
import { captures, QUIET, sendArchive, sendTexts } from '../capture/import/sent-files.js';
import { scratchFolder } from '../scratch-folder.js';
import { type Bundled, bundledDrop } from './bundled.js';

let page: Bundled;

beforeAll(async () => {
  page = await bundledDrop();
});

/** Files as a browser gives them. */
function dropped(paths: readonly string[]) {
  return paths.map((path) => ({ name: basename(path), bytes: new Uint8Array(readFileSync(path)) }));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** The document of an import and replay by Node, with folders named as the page names them. */
async function byCommandLine(paths: readonly string[], given: Given = {}): Promise<unknown> {
  const folder = scratchFolder();
  const out = join(folder, 'imported');
  const imported = await importCapture(
    paths.map((path) => ({ path, role: null })),
    out,
    { ...QUIET, given },
  );
  const document = {
    ...importDocument(imported),
    replay: imported.trace === null ? null : replayOf(out),
  };
  return named(document, folder, paths);
}

function replayOf(folder: string): object {
  const scenario = readScenario(folder);
  const kernel = replay(new Core(), scenario);
  return replayDocument(kernelReport({ scenario, kernel, strategies: [] }));
}

function named(document: unknown, folder: string, paths: readonly string[]): unknown {
  let text = JSON.stringify(document).replaceAll(`${folder}/`, '/');
  for (const path of paths) text = text.replaceAll(JSON.stringify(path).slice(1, -1), basename(path));
  return JSON.parse(text);
}

/** What an import of these by Node throws, with the files named as the page names them. */
async function errorOfCommandLine(paths: readonly string[], given: Given = {}): Promise<string> {
  try {
    await byCommandLine(paths, given);
  } catch (error) {
    return paths.reduce((text, path) => text.replaceAll(path, basename(path)), (error as Error).message);
  }
  throw new Error('the command line took this');
}

async function byPage(paths: readonly string[], given: Given = {}): Promise<unknown> {
  return JSON.parse(JSON.stringify(page.dropDocument(await page.importFiles(dropped(paths), given))));
}

describe('the files of a scenario', () => {
  test.each(['4k-bbml2/load-small', '16k-bbml2/load-small', '64k48-bbml2/secretmem', '4k-bbml2/kfence-late'])(
    '%s are imported and replayed as by the command line',
    async (name) => {
      const paths = [...filesIn(join(captures, name)), join(captures, name, '../machine.json')];
      const document = await byPage(paths);
      expect(document).toEqual(await byCommandLine(paths));
      expect(document).toMatchObject({ replay: { equal: true, differenceCount: 0 } });
    },
  );
});

test('every strategy replays what was dropped and ends with the permissions of the kernel', async () => {
  const name = '4k-bbml2/load-small';
  const paths = [...filesIn(join(captures, name)), join(captures, name, '../machine.json')];
  const { replayed } = await page.importFiles(dropped(paths), {});
  expect(replayed?.strategies.map((one) => one.replay.permissionDifferenceBytes)).toEqual([0, 0, 0, 0, 0]);
});

test('the archive of the capture script is imported and replayed as by the command line', async () => {
  const archive = join(scratchFolder(), 'capture.tar.gz');
  sendArchive('4k-bbml2/load-small', archive);
  const document = await byPage([archive]);
  expect(document).toEqual(await byCommandLine([archive]));
  expect(document).toMatchObject({ replay: { equal: true } });
});

test('a folder with texts is imported as by the command line', async () => {
  const folder = join(scratchFolder(), 'sent');
  sendTexts('4k-bbml2/secretmem', folder);
  const files = filesIn(folder).map((path) => ({
    name: `sent/${basename(path)}`,
    bytes: new Uint8Array(readFileSync(path)),
  }));
  const { imported, replayed } = await page.importFiles(files, {});
  expect(imported.maps.map(({ role, origin }) => `${role} ${origin}`)).toEqual([
    'before rebuilt',
    'held rebuilt',
    'after rebuilt',
  ]);
  expect(replayed?.kernel.snapshots.map(({ name, equal }) => ({ name, equal }))).toEqual([
    { name: 'held', equal: true },
    { name: 'after', equal: true },
  ]);
});

test('kernel_page_tables alone is a map', async () => {
  const paths = [join(captures, '4k48-bbml2-ptdump/texts/kernel_page_tables.txt')];
  expect(await byPage(paths)).toEqual(await byCommandLine(paths));
});

test('a memory image alone is a map', async () => {
  const paths = [join(captures, 'core/4k-bbml2-kaslr.elf.gz')];
  expect(await byPage(paths)).toEqual(await byCommandLine(paths));
});

test('a trace alone with what the reader adds is replayed on a map that is built', async () => {
  const paths = [
    join(captures, '4k48-bbml2-ptdump/load-small/trace.txt.gz'),
    join(captures, '4k48-bbml2-ptdump/texts/iomem.txt'),
  ];
  const given = { granule: 4096, vaBits: 48, bbml2: true } as const;
  expect(await byPage(paths, given)).toEqual(await byCommandLine(paths, given));
});

describe('what cannot be imported is refused in the same words', () => {
  const trace = () => join(captures, '4k-bbml2/load-small/trace.txt.gz');
  const archive = (data: Buffer) => gzipSync(tarFile([{ name: 'trace.txt', data }]));

  test.each<[string, () => [string, Uint8Array][]]>([
    ['another text', () => [['notes.txt', Buffer.from('nothing of use\n')]]],
    ['an empty file', () => [['trace.txt', Buffer.alloc(0)]]],
    ['a trace without its machine', () => [['trace.txt.gz', readFileSync(trace())]]],
    ['gzip data that ends early', () => [['trace.txt.gz', readFileSync(trace()).subarray(0, 5000)]]],
    ['gzip data that is damaged', () => [['trace.txt.gz', damaged(readFileSync(trace()))]]],
    ['an archive that ends early', () => [['sent.tar.gz', archive(readFileSync(trace())).subarray(0, 3000)]]],
    ['an archive with a link', () => [['sent.tar', tarFile([{ name: 'a', type: '2' }])]]],
    ['an archive with a path out of it', () => [['sent.tar', tarFile([{ name: '../a', data: 'x' }])]]],
    ['xz data', () => [['trace.txt.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0])]]],
    ['a map that is no JSON', () => [['before.map.json', Buffer.from('{"schema":"linmap.map/1",}')]]],
  ])('%s', async (_what, make) => {
    const folder = scratchFolder();
    const paths = make().map(([name, bytes]) => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    });
    const expected = await errorOfCommandLine(paths);
    await expect(page.importFiles(dropped(paths), {})).rejects.toThrow(expected);
  });

  test('and nothing of it is left for the next', async () => {
    await expect(page.importFiles([{ name: 'a.txt', bytes: new Uint8Array(3) }], {})).rejects.toThrow();
    const paths = [join(captures, '4k48-bbml2-ptdump/texts/kernel_page_tables.txt')];
    const { imported } = await page.importFiles(dropped(paths), {});
    expect(imported.unused).toEqual([]);
  });
});

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, 2000, 2100);
  return copy;
}
