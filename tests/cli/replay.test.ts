import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findScenarios } from '../../src/capture/scenario.js';
import { compareMaps } from '../../src/map/compare.js';
import { readMap } from '../../src/map/map-file.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { scratchFolder } from '../scratch-folder.js';
import { replayDocument } from './documents.js';
import { editFile } from './edit-file.js';
import { root, scratchMachine } from './linmap.js';
import { linmapHere } from './linmap-here.js';

const scenarios = findScenarios(join(root, 'captures')).map((folder) => relative(root, folder));

test('there are captured scenarios', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(12);
});

test.each(scenarios)('%s ends equal, with the splits and tables that the trace shows', async (scenario) => {
  const { code, stdout, stderr } = await linmapHere('replay', scenario, '--json');
  const document = replayDocument.parse(JSON.parse(stdout));
  expect(document).toMatchObject({
    equal: true,
    differences: [],
    differenceCount: 0,
    strategy: null,
    permissionsEqual: null,
    traceCounters: { agrees: true, disagreements: [] },
    uncompared: [],
    warnings: [],
  });
  expect(document.snapshots.at(-1)).toMatchObject({ name: 'after', equal: true });
  expect(document.snapshots.every(({ equal }) => equal)).toBe(true);
  expect(document.events).toBeGreaterThan(document.applied);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test.each(STRATEGIES.map(({ id }) => id))(
  '%s leaves every page with the permissions of the kernel',
  async (strategy) => {
    const { code, stdout } = await linmapHere(
      'replay',
      'captures/4k-bbml2/load-small',
      '--strategy',
      strategy,
      '--json',
    );
    const document = replayDocument.parse(JSON.parse(stdout));
    expect(document).toMatchObject({
      strategy,
      permissionsEqual: true,
      permissionDifferenceBytes: 0,
      snapshots: [],
      traceCounters: null,
    });
    // Only page basis is what that kernel does; another map that serves the same permissions is no failure.
    if (strategy === 'page-basis') expect(document.equal).toBe(true);
    if (strategy === 'pages-only') expect(document.equal).toBe(false);
    expect(code).toBe(0);
  },
);

test('for people: what happened, in a page', async () => {
  const { code, stdout, stderr } = await linmapHere('replay', 'captures/4k-bbml2/load-small');
  expect(stdout).toContain('4k-bbml2/load-small, as the kernel did it');
  expect(stdout).toMatch(/^equal +yes: after\.map\.json$/m);
  expect(stdout).toMatch(/^splits +34: 3 contiguous PMD to PMD, 7 PMD block to contiguous PTE, 24/m);
  expect(stdout).toMatch(
    /^trace +shows the same: 7 block splits, 7 tables, 272 boundaries, 250 return values$/m,
  );
  expect(stdout).toMatch(/^32M contiguous +464 +416 +928 MiB +832 MiB +−96 MiB$/m);
  expect(stdout).not.toContain('\x1b');
  expect(stdout.split('\n').every((line) => [...line].length <= 100)).toBe(true);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

describe('a replay that differs', () => {
  const spoilAfter = (scenario: string) => {
    const file = join(scenario, 'after.map.json');
    editFile(file, (text) => text.replaceAll('0xe0000000000787', '0xe8000000000707'));
  };

  test('ends with 1 and says where', async () => {
    const scenario = join(scratchMachine('4k-bbml2'), 'load-small');
    spoilAfter(scenario);
    const run = await linmapHere('replay', scenario, '--json');
    const document = replayDocument.parse(JSON.parse(run.stdout));
    expect(run.code).toBe(1);
    expect(document.equal).toBe(false);
    expect(document.differences).toHaveLength(20);
    expect(document.differenceCount).toBeGreaterThan(20);
    expect(document.differences[0]?.expected).toContain('leaf 0xe8000000000707 pa 0x');
    expect(document.differences[0]?.actual).toContain('leaf 0xe0000000000787 pa 0x');

    const text = await linmapHere('replay', scenario);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/^equal +NO: \d+ descriptors differ from after\.map\.json$/m);
    expect(text.stdout).toContain('level 3: expected leaf 0xe8000000000707 pa 0x');
  });

  test('a strategy is held against the kernel, not against the captured map', async () => {
    const scenario = join(scratchMachine('4k-bbml2'), 'load-small');
    spoilAfter(scenario);
    const { code, stdout } = await linmapHere('replay', scenario, '--strategy', 'page-basis', '--json');
    expect(replayDocument.parse(JSON.parse(stdout))).toMatchObject({ equal: false, permissionsEqual: true });
    expect(code).toBe(0);
  });

  test('a map read on the way counts like the last one', async () => {
    const scenario = join(scratchMachine('4k-bbml2'), 'secretmem');
    writeFileSync(join(scenario, 'held.map.json'), readFileSync(join(scenario, 'before.map.json')));
    const { code, stdout } = await linmapHere('replay', scenario, '--json');
    const document = replayDocument.parse(JSON.parse(stdout));
    expect(document.equal).toBe(true);
    expect(document.snapshots.map(({ name, equal }) => [name, equal])).toEqual([
      ['held', false],
      ['after', true],
    ]);
    expect(code).toBe(1);
  });
});

describe('scenarios that have less', () => {
  test('no after map: nothing to compare with', async () => {
    const scenario = join(scratchMachine('4k-bbml2'), 'load-small');
    rmSync(join(scenario, 'after.map.json'));
    const { code, stdout } = await linmapHere('replay', scenario, '--json');
    expect(replayDocument.parse(JSON.parse(stdout))).toMatchObject({
      equal: null,
      snapshots: [],
      applied: 250,
    });
    expect(code).toBe(0);
    expect((await linmapHere('replay', scenario)).stdout).toMatch(/^claim +not checked: no map after$/m);
  });

  test('a map without a marker is not compared, and said so', async () => {
    const scenario = join(scratchMachine('4k-bbml2'), 'load-small');
    writeFileSync(join(scenario, 'later.map.json'), readFileSync(join(scenario, 'before.map.json')));
    const { code, stdout } = await linmapHere('replay', scenario, '--json');
    expect(replayDocument.parse(JSON.parse(stdout))).toMatchObject({ equal: true, uncompared: ['later'] });
    expect(code).toBe(0);
    expect((await linmapHere('replay', scenario)).stdout).toMatch(/^not compared +later\.map\.json: /m);
  });

  test('a trace without events, plain instead of gzipped', async () => {
    const scenario = join(scratchMachine('4k-bbml2'), 'load-small');
    rmSync(join(scenario, 'trace.txt.gz'));
    writeFileSync(join(scenario, 'trace.txt'), '# tracer: nop\n#\n');
    writeFileSync(join(scenario, 'after.map.json'), readFileSync(join(scenario, 'before.map.json')));
    const { code, stdout } = await linmapHere('replay', scenario, '--json');
    expect(replayDocument.parse(JSON.parse(stdout))).toMatchObject({ events: 0, applied: 0, equal: true });
    expect(code).toBe(0);
  });

  test('a folder that holds machine.json itself', async () => {
    const machine = scratchMachine('4k-bbml2');
    const scenario = join(machine, 'load-small');
    renameSync(join(machine, 'machine.json'), join(scenario, 'machine.json'));
    expect((await linmapHere('replay', scenario)).code).toBe(0);
  });
});

describe('warnings leave stdout alone', () => {
  test('unknown keys of a capture are named and passed over', async () => {
    const machine = scratchMachine('4k-bbml2');
    const scenario = join(machine, 'load-small');
    const description = join(machine, 'machine.json');
    editFile(description, (text) => text.replace('{\n', '{\n "colour": "blue",\n'));
    const map = join(scenario, 'before.map.json');
    editFile(map, (text) => text.replace('"vaBits"', '"novel": 1, "vaBits"'));

    const { code, stdout, stderr } = await linmapHere('replay', scenario, '--json');
    const expected = [
      `${description}:2: expected only known keys, found "colour"`,
      `${map}:1: expected only known keys, found "novel"`,
    ];
    expect(stderr).toBe(expected.map((line) => `warning: ${line}\n`).join(''));
    expect(replayDocument.parse(JSON.parse(stdout))).toMatchObject({ equal: true, warnings: expected });
    expect(code).toBe(0);
  });

  test('lost events weaken the claim', async () => {
    const scenario = join(scratchMachine('4k-bbml2'), 'load-small');
    editFile(join(scenario, 'trace.txt.gz'), (text) =>
      text.split('\n').toSpliced(20, 0, 'CPU:1 [LOST 3 EVENTS]').join('\n'),
    );
    const { code, stdout, stderr } = await linmapHere('replay', scenario, '--json');
    expect(stderr).toMatch(/^warning: \S+trace\.txt\.gz:21: the tracer lost events here; .*\n$/);
    expect(replayDocument.parse(JSON.parse(stdout)).lostEventLines).toEqual([21]);
    expect(code).toBe(0);
  });
});

describe('--out', () => {
  test('writes the map that the kernel had, plain and gzipped', async () => {
    const folder = scratchFolder();
    const scenario = 'captures/4k-bbml2/load-small';
    const captured = readMap(join(root, scenario, 'after.map.json'));
    for (const name of ['a.map.json', 'b.map.json.gz']) {
      expect((await linmapHere('replay', scenario, '--out', join(folder, name))).code).toBe(0);
      expect(compareMaps(captured, readMap(join(folder, name))).differenceCount).toBe(0);
    }
    expect(readdirSync(folder)).toEqual(['a.map.json', 'b.map.json.gz']);
  });

  test('a place that cannot be written to leaves nothing behind, stdout included', async () => {
    const folder = scratchFolder();
    const out = join(folder, 'missing', 'a.json');
    const { code, stdout, stderr } = await linmapHere('replay', 'captures/4k-bbml2/load-small', '--out', out);
    expect(stderr).toBe(`${out}: expected a place to write a file, found no such file or directory\n`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(existsSync(join(folder, 'missing'))).toBe(false);
    expect((await linmapHere('replay', 'captures/4k-bbml2/load-small', '--out', folder)).code).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('a trace that says otherwise is named', async () => {
  const scenario = join(scratchMachine('4k-bbml2'), 'load-small');
  editFile(join(scenario, 'trace.txt.gz'), (text) => text.replaceAll(/ ret=0$/gm, ' ret=-12'));
  const { stdout } = await linmapHere('replay', scenario, '--json');
  const { traceCounters, equal } = replayDocument.parse(JSON.parse(stdout));
  expect(equal).toBe(true);
  expect(traceCounters?.agrees).toBe(false);
  expect(traceCounters?.disagreements[0]?.text).toBe('returned -12 in the trace, 0 here');
  expect((await linmapHere('replay', scenario)).stdout).toMatch(
    /^trace +DISAGREES: line \d+: returned -12 in the trace/m,
  );
});
