/** What linmap replay tells beside the map: who asked, what it cost, how the map went, and how certain all of it is. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findScenarios } from '../../src/capture/scenario.js';
import { addCounters, type Counters } from '../../src/core/counters.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { scratchFolder } from '../scratch-folder.js';
import { replayDocument } from './documents.js';
import { editFile } from './edit-file.js';
import { root, scratchMachine } from './linmap.js';
import { linmapHere, refusalHere } from './linmap-here.js';

const scenarios = findScenarios(join(root, 'captures')).map((folder) =>
  relative(join(root, 'captures'), folder),
);

/** A copy of a shipped scenario without its after map. */
function withoutAfter(name: string): string {
  const [machine = '', scenario = ''] = name.split('/');
  const folder = join(scratchMachine(machine), scenario);
  for (const file of readdirSync(folder)) {
    if (file.startsWith('after.map.json')) rmSync(join(folder, file));
  }
  return folder;
}

async function documentOf(...args: string[]) {
  const { code, stdout } = await linmapHere('replay', ...args, '--json');
  expect(code).toBe(0);
  const document = replayDocument.parse(JSON.parse(stdout));
  const { claim, askedBy, strategies, timeline } = document;
  if (!claim || !askedBy || !strategies || !timeline) throw new Error('a replay of the kernel is reviewed');
  return { ...document, claim, askedBy, strategies, timeline };
}

function sum({
  top,
  rest,
}: {
  top: { counters: Counters }[];
  rest: { counters: Counters } | null;
}): Counters {
  const [first, ...others] = [...top, ...(rest ? [rest] : [])].map(({ counters }) => counters);
  if (first === undefined) throw new Error('somebody asked');
  return others.reduce(addCounters, first);
}

describe.each(scenarios)('%s without a map after', (name) => {
  test('tells all but that it is right', async () => {
    const folder = withoutAfter(name);
    const document = await documentOf(folder);
    expect(document.equal).toBeNull();
    expect(document.claim).toMatchObject({
      checked: false,
      weakened: false,
      lostEvents: 0,
      before: 'read',
      after: null,
    });
    expect(document.claim.text[0]).toMatch(/^not checked: no map after/);
    expect(sum(document.askedBy.callers)).toEqual(document.counters);
    expect(sum(document.askedBy.tasks)).toEqual(document.counters);

    const { points } = document.timeline;
    expect(points[0]).toMatchObject({
      leafBytes: document.leafBytesBefore,
      tableBytes: document.tableBytesBefore,
    });
    expect(points.at(-1)).toMatchObject({
      leafBytes: document.leafBytesAfter,
      tableBytes: document.tableBytesAfter,
    });

    expect(document.strategies.map(({ strategy }) => strategy)).toEqual(STRATEGIES.map(({ id }) => id));
    expect(document.strategies.every(({ permissionsEqual }) => permissionsEqual)).toBe(true);
  });
});

test.each(['4k-bbml2/load-small', '4k-pages/secretmem', '64k48-bbml2/secretmem'])(
  '%s without a map after, for people',
  async (name) => {
    const { stdout } = await linmapHere('replay', withoutAfter(name));
    expect(stdout).toMatch(/^claim +not checked: no map after/m);
    expect(stdout).not.toMatch(/^equal +yes: .*after/m);
    expect(stdout).toContain('\nWho asked: by caller, the dearest first\n');
    expect(stdout).toContain('\nWho asked: by task\n');
    expect(stdout).toContain('\nThe same trace under each strategy\n');
    expect(stdout.split('\n').filter((line) => [...line].length > 100)).toEqual([]);
  },
);

test('docs/replay.md names every field that this page is about', () => {
  const page = readFileSync(join(root, 'docs/replay.md'), 'utf8');
  const { claim, askedBy, strategies, timeline } = replayDocument.shape;
  const fields = new Set<string>();
  const collect = (schema: unknown): void => {
    const { shape, element, innerType } = Object((schema as { def?: object } | undefined)?.def) as Record<
      string,
      unknown
    >;
    for (const [field, inner] of Object.entries(Object(shape))) {
      fields.add(field);
      // Counters and sizes of leaves are those of docs/json.md.
      if (!['counters', 'leaves', 'leafBytes', 'before', 'after'].includes(field)) collect(inner);
    }
    if (element) collect(element);
    if (innerType) collect(innerType);
  };
  for (const schema of [claim, askedBy, strategies, timeline]) collect(schema);
  expect(fields.size).toBeGreaterThan(25);
  for (const field of ['claim', 'askedBy', 'strategies', 'timeline', ...fields])
    expect(page).toContain(`\`${field}\``);
});

test('page basis is what that kernel did, and each strategy as --strategy has it', async () => {
  const { strategies, counters } = await documentOf('captures/4k-bbml2/load-small');
  expect(strategies.find(({ strategy }) => strategy === 'page-basis')?.counters).toEqual(counters);
  for (const { strategy, counters: own } of strategies) {
    const { stdout } = await linmapHere(
      'replay',
      'captures/4k-bbml2/load-small',
      '--strategy',
      strategy,
      '--json',
    );
    const alone = replayDocument.parse(JSON.parse(stdout));
    expect([strategy, alone.counters]).toEqual([strategy, own]);
    expect(alone.claim).toBeUndefined();
  }
});

test('the dearest come first, and more than a hundred are summed', async () => {
  const folder = withoutAfter('4k-bbml2/load-small');
  let pid = 1000;
  editFile(join(folder, 'trace.txt.gz'), (text) => text.replace(/insm-13[0-3]/g, () => `insm-${pid++}`));
  const { askedBy, counters } = await documentOf(folder);
  const { top, rest, count } = askedBy.tasks;
  expect(top).toHaveLength(100);
  expect(rest?.count).toBe(count - 100);
  expect(sum(askedBy.tasks)).toEqual(counters);
  const times = top.map(({ timeNs }) => timeNs.typical);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(top.every(({ timeNs: { low, typical, high } }) => low <= typical && typical <= high)).toBe(true);
});

describe('the claim', () => {
  test('with a map after', async () => {
    const { claim } = await documentOf('captures/4k-bbml2/secretmem');
    expect(claim).toMatchObject({
      checked: true,
      against: ['held', 'after'],
      after: 'read',
      text: ['checked against the map after'],
    });
  });

  test('with a map on the way alone', async () => {
    const { claim } = await documentOf(withoutAfter('4k-bbml2/secretmem'));
    expect(claim.against).toEqual(['held']);
    expect(claim.text).toEqual(['not checked: no map after (only on the way: held)']);
  });

  test.each<[string, number | null, string]>([
    ['CPU:1 [LOST 3 EVENTS]', 3, '3 events lost'],
    ['CPU:1 [LOST EVENTS]', null, 'events lost, nobody knows how many'],
  ])('with %s', async (line, lostEvents, words) => {
    const folder = withoutAfter('4k-bbml2/load-small');
    editFile(join(folder, 'trace.txt.gz'), (text) => text.split('\n').toSpliced(20, 0, line).join('\n'));
    expect((await documentOf(folder)).claim).toMatchObject({
      weakened: true,
      lostEvents,
      text: [`not checked: no map after; weakened: ${words}`],
    });
    expect((await linmapHere('replay', folder)).stdout).toContain(`weakened: ${words}\n`);
  });

  test('on a map that was built and a description with assumptions', async () => {
    const out = join(scratchFolder(), 'imported');
    const shipped = 'captures/4k48-bbml2-ptdump';
    const sent = ['trace.txt.gz'].map((file) => `${shipped}/load-small/${file}`);
    const texts = ['iomem.txt', 'cpuinfo.txt', 'meminfo.txt'].map((file) => `${shipped}/texts/${file}`);
    expect(
      (await linmapHere('import', ...sent, ...texts, '--granule', '4K', '--va-bits', '48', '-o', out)).code,
    ).toBe(0);
    const { claim } = await documentOf(out);
    expect(claim).toMatchObject({ checked: false, before: 'built', after: null });
    expect(claim.text[1]).toMatch(/^before\.map\.json was built, not read: /);
    expect(claim.assumed.length).toBeGreaterThan(0);
    expect(claim.text[2]).toBe(`assumed in machine.json: ${claim.assumed.join(', ')}`);
  });

  test('notes that somebody else wrote say nothing about maps', async () => {
    const folder = withoutAfter('4k-bbml2/load-small');
    writeFileSync(join(folder, 'notes.json'), 'loaded five modules\n');
    expect((await documentOf(folder)).claim.before).toBe('read');
  });

  test('damaged notes of an import are bad input', async () => {
    const folder = withoutAfter('4k-bbml2/load-small');
    writeFileSync(
      join(folder, 'notes.json'),
      '{ "schema": "linmap.importNotes/1",\n "maps": [{ "role": "before", "origin": "found" }] }\n',
    );
    expect(await refusalHere('replay', folder)).toMatch(
      /notes\.json:2: maps\[0\]\.origin: expected one of "read", .*, found "found"$/,
    );
  });
});

describe('--chart', () => {
  test('draws the timeline', async () => {
    const file = join(scratchFolder(), 'timeline.png');
    const { code, stderr } = await linmapHere('replay', 'captures/4k-bbml2/load-small', '--chart', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const png = readFileSync(file);
    expect(png.subarray(0, 4).toString('latin1')).toBe('\x89PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2400, 1320]);
  });

  test.each<[string, string[], RegExp]>([
    ['another kind of file', ['--chart', 'a.txt'], /ends in \.png/],
    ['a strategy', ['--chart', 'a.png', '--strategy', 'huge-size'], /without --strategy/],
  ])('refuses %s', async (_what, args, message) => {
    expect(await refusalHere('replay', 'captures/4k-bbml2/load-small', ...args)).toMatch(message);
  });

  test('a place that cannot be written to leaves nothing behind', async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, 'a.png'));
    const chart = join(folder, 'a.png');
    expect(await refusalHere('replay', 'captures/4k-bbml2/load-small', '--chart', chart)).toMatch(
      /a\.png: ./,
    );
    expect(readdirSync(folder)).toEqual(['a.png']);
  });
});
