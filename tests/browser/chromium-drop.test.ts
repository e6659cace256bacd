// A capture dropped on the page in a real browser: the page's document is that of linmap import and linmap replay.
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { linmap, root } from '../cli/linmap.js';
import { scratchFolder } from '../scratch-folder.js';
import { describeInChromium } from './chromium.js';

const MACHINE = join(root, 'captures/4k-bbml2');
const SCENARIO = filesIn(join(MACHINE, 'load-small'));
const ARCHIVE = join(root, 'tests/capture/script/captured/debian-7.2.13.tar.gz');

interface Dropped {
  status: string;
  /** What the page offers for download. */
  document: { replay: unknown };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Gives the page files and waits until it is done with them. */
async function afterwards(page: Page, give: () => Promise<void>): Promise<string> {
  const status = page.locator('#drop-status');
  await give();
  await page.locator('#drop-app:not([aria-busy])').waitFor();
  await expect.poll(() => status.textContent()).not.toBe('');
  return String(await status.textContent());
}

async function dropped(page: Page, give: () => Promise<void>): Promise<Dropped> {
  const status = await afterwards(page, give);
  await page.locator('#drop-document').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#drop-document')]);
  return { status, document: JSON.parse(readFileSync(await download.path(), 'utf8')) };
}

/** Drops files as a mouse does. */
async function drop(page: Page, files: string[]): Promise<void> {
  const zone = page.locator('.drop-zone');
  await zone.scrollIntoViewIfNeeded();
  const box = await zone.boundingBox();
  if (box === null) throw new Error('the zone cannot be seen');
  const browser = await page.context().newCDPSession(page);
  const place = {
    x: box.x + box.width / 2,
    y: box.y + 20,
    data: { items: [], files, dragOperationsMask: 1 },
  };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, ...place });
  }
}

/** The same by the command line, which says more of a replay; with files called as the page calls them. */
function byCommandLine(paths: readonly string[]): Dropped['document'] {
  const folder = scratchFolder();
  const out = join(folder, 'imported');
  const imported = linmap('import', ...paths, '--out', out, '--json');
  expect(imported.code).toBe(0);
  const replayed = linmap('replay', out, '--json');
  const document = { ...JSON.parse(imported.stdout), replay: JSON.parse(replayed.stdout) };
  let text = JSON.stringify(document).replaceAll(`${folder}/`, '/');
  for (const path of paths) text = text.replaceAll(path, basename(path));
  return JSON.parse(text);
}

describeInChromium('a dropped capture in Chromium', (chromium) => {
  test('the files of a scenario replay as by the command line', async () => {
    const { page, complaints } = await chromium.open();
    const paths = [...SCENARIO, join(MACHINE, 'machine.json')];
    const { status, document } = await dropped(page, () => page.setInputFiles('#drop-files', paths));
    expect(byCommandLine(paths)).toMatchObject(document);
    expect(document).toMatchObject({ replay: { equal: true, differenceCount: 0 } });
    expect(status).toContain('equal to "after"');
    expect(await page.locator('#drop-outcome .stage svg').count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  test('an archive of the capture script, dropped with the mouse, does too', async () => {
    const { page, complaints } = await chromium.open();
    const { document } = await dropped(page, () => drop(page, [ARCHIVE]));
    expect(byCommandLine([ARCHIVE])).toMatchObject(document);
    expect(document).toMatchObject({ replay: { equal: true, differenceCount: 0 } });
    expect(complaints).toEqual([]);
  });

  test('a folder, dropped with the mouse, does too', async () => {
    const { page } = await chromium.open();
    const folder = join(scratchFolder(), 'load-small');
    mkdirSync(folder);
    for (const path of [...SCENARIO, join(MACHINE, 'machine.json')])
      cpSync(path, join(folder, basename(path)));
    const { document } = await dropped(page, () => drop(page, [folder]));
    expect(document).toMatchObject({ replay: { equal: true, differenceCount: 0 } });
  });

  test('a folder does too', async () => {
    const { page } = await chromium.open();
    const folder = join(scratchFolder(), 'load-small');
    mkdirSync(folder);
    for (const path of [...SCENARIO, join(MACHINE, 'machine.json')])
      cpSync(path, join(folder, basename(path)));
    const { document } = await dropped(page, () => page.setInputFiles('#drop-folder', folder));
    expect(document).toMatchObject({ replay: { equal: true, differenceCount: 0 } });
  });

  test('what cannot be imported is said in the words of the command line, and the next is taken', async () => {
    const { page, complaints } = await chromium.open();
    const file = join(root, 'README.md');
    const said = await afterwards(page, () => page.setInputFiles('#drop-files', file));
    const { code, stderr } = linmap('import', file, '--out', join(scratchFolder(), 'imported'));
    expect(code).toBe(2);
    expect(stderr.replaceAll(file, 'README.md')).toContain(said);
    expect(await page.locator('#drop-outcome').innerText()).toBe('');
    const next = await dropped(page, () => page.setInputFiles('#drop-files', ARCHIVE));
    expect(next.document).toMatchObject({ replay: { equal: true } });
    expect(complaints).toEqual([]);
  });
});
