/** Which maps an import makes of what was sent, and when they are taken to have been read. */
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { importCapture } from '../../../src/capture/import/import-capture.js';
import { Core } from '../../../src/core/core.js';
import { parseAddress } from '../../../src/io/address.js';
import { bootLinearMap } from '../../../src/kernel/boot.js';
import { readMachine } from '../../../src/machine/machine.js';
import { compareMaps } from '../../../src/map/compare.js';
import { readMap as readCoreMap } from '../../../src/map/core-map.js';
import { readMap } from '../../../src/map/map-file.js';
import { formatIomem } from '../texts/iomem-text.js';
import { formatPtdump } from '../texts/ptdump-text.js';
import { captures, machineOf, mapsOf, QUIET, replayOf, sendTexts } from './sent-files.js';
import { GEOMETRY, SCENARIO, traceText } from './sent-scenario.js';
import { TrialImport } from './trial-import.js';

let trial: TrialImport;
beforeEach(() => {
  trial = new TrialImport();
});

describe('maps', () => {
  const machines = readdirSync(captures).filter((name) => existsSync(join(captures, name, 'machine.json')));

  test.each(machines)('%s: kernel_page_tables and iomem give the map after boot', async (name) => {
    const machine = readMachine(join(captures, name, 'machine.json'));
    const file = readdirSync(join(captures, name)).find((one) => one.startsWith('boot.map.json')) as string;
    const map = readMap(join(captures, name, file));
    trial.send('kernel_page_tables', formatPtdump(map, {}, machine.pageEnd));
    trial.send('iomem', formatIomem(machine));
    const imported = await trial.run([trial.sent]);
    expect(imported.maps.map(({ role, origin }) => [role, origin])).toEqual([['boot', 'rebuilt']]);
    expect(imported.warnings.filter((line) => /by iomem/.test(line))).toEqual([]);
    expect(compareMaps(map, (imported.maps[0] as { map: typeof map }).map, machine).differenceCount).toBe(0);
  });

  test('the shipped memory image gives its map exactly', async () => {
    const imported = await trial.run([join(captures, 'core/4k-bbml2-kaslr.elf.gz')]);
    expect(imported.maps.map(({ origin }) => origin)).toEqual(['read']);
    expect(readFileSync(join(trial.out, 'boot.map.json'), 'utf8')).toBe(
      readFileSync(join(captures, 'core/4k-bbml2-kaslr.map.json'), 'utf8'),
    );
  });

  test('iomem alone: the map is built as the kernel would', async () => {
    const machine = machineOf(SCENARIO);
    const iomem = trial.send('iomem.txt', formatIomem(machine));
    const imported = await trial.run([iomem], { given: { ...GEOMETRY, vaBitsBuild: 52, kfence: 'late' } });
    expect(imported.maps.map(({ role, origin }) => [role, origin])).toEqual([['boot', 'built']]);
    expect(imported.facts.memory).toEqual({ kind: 'read', from: 'iomem.txt: System RAM' });
    expect(imported.facts.granule).toEqual({ kind: 'given', from: '--granule' });
    const core = new Core();
    bootLinearMap(core, machine, 'final');
    // Where bss ends, iomem tells to 64 KiB: its "Kernel data" goes on to _end.
    const built = readMap(join(trial.out, 'boot.map.json'));
    const { differences, differenceCount } = compareMaps(readCoreMap(core), built, machine);
    expect(differenceCount).toBe(differences.length);
    const bssStop = (machine.image?.bssStop ?? 0) - machine.physOffset + machine.pageOffset;
    for (const { va } of differences) expect(Math.abs(parseAddress(va) - bssStop)).toBeLessThan(65536);
    expect(readMachine(join(trial.out, 'machine.json'))).toEqual(imported.machine);
  });

  test('two readings of one moment: the exact one is used, the other held against it', async () => {
    const [[, before], [, after]] = mapsOf(SCENARIO) as [[string, never], [string, never]];
    const { pageEnd } = machineOf(SCENARIO);
    trial.send('before/map.map.json', readFileSync(join(captures, SCENARIO, 'before.map.json')));
    trial.send('iomem', formatIomem(machineOf(SCENARIO)));
    trial.send('trace.txt', traceText());
    copyFileSync(join(trial.sent, 'before/map.map.json'), join(trial.sent, 'before/before.map.json'));
    rmSync(join(trial.sent, 'before/map.map.json'));
    trial.send('before/kernel_page_tables', formatPtdump(before, {}, pageEnd));
    const agreeing = await trial.run([trial.sent]);
    expect(agreeing.maps.map(({ role, origin }) => [role, origin])).toEqual([['before', 'read']]);
    expect(agreeing.warnings).toEqual([]);
    trial.send('before/kernel_page_tables', formatPtdump(after, {}, pageEnd));
    const { warnings } = await trial.run([trial.sent], { force: true });
    expect(warnings).toEqual([
      expect.stringMatching(/before\/kernel_page_tables: \d+ descriptors other than in /),
    ]);
  });
});

describe('a trace without maps', () => {
  test('starts from a map that is built, and says what that takes away', async () => {
    const files = [
      trial.send('trace.txt', traceText()),
      trial.send('iomem.txt', formatIomem(machineOf(SCENARIO))),
    ];
    const imported = await trial.run(files, { given: { ...GEOMETRY, kfence: 'late' } });
    expect(imported.maps.map(({ role, origin }) => [role, origin])).toEqual([['before', 'built']]);
    expect(imported.limits).toEqual([
      expect.stringMatching(/^The map before the trace was built, not read/),
      expect.stringMatching(/^There is no map after the trace/),
    ]);
    expect(replayOf(trial.out)).toMatchObject({ snapshots: [], counters: { calls: 250 } });
    expect(JSON.parse(readFileSync(join(trial.out, 'notes.json'), 'utf8'))).toMatchObject({
      schema: 'linmap.importNotes/1',
      limits: imported.limits,
      trace: { format: 'tracefs', events: 1453 },
    });
  });

  test('with a map after it only, which is then compared with', async () => {
    sendTexts(SCENARIO, trial.sent);
    rmSync(join(trial.sent, 'kernel_page_tables.before.txt'));
    const { maps, limits } = await trial.run([trial.sent]);
    expect(maps.map(({ role, origin }) => [role, origin])).toEqual([
      ['before', 'built'],
      ['after', 'rebuilt'],
    ]);
    expect(limits.join('\n')).toContain('A difference from the map after the trace may come from');
    expect(replayOf(trial.out).snapshots.map(({ name }) => name)).toEqual(['after']);
  });

  test('with a map after boot, which it is taken to start from', async () => {
    sendTexts(SCENARIO, trial.sent);
    const text = readFileSync(join(trial.sent, 'kernel_page_tables.before.txt'));
    rmSync(join(trial.sent, 'kernel_page_tables.before.txt'));
    trial.send('kernel_page_tables.boot.txt', text);
    const { warnings } = await trial.run([trial.sent]);
    expect(warnings).toEqual([
      expect.stringContaining('the tables after boot are taken for those before the trace'),
    ]);
    expect(replayOf(trial.out).snapshots).toEqual([{ name: 'after', equal: true, differenceCount: 0 }]);
  });

  test('VA bits come from the addresses of its calls', async () => {
    const files = [
      trial.send('trace.txt', traceText()),
      trial.send('iomem.txt', formatIomem(machineOf(SCENARIO))),
    ];
    const { facts } = await trial.run(files, { given: { granule: 4096, midr: GEOMETRY.midr } });
    expect(facts.vaBits).toEqual({ kind: 'derived', from: 'trace.txt: addresses of the linear map' });
  });
});

describe('when page tables were read', () => {
  test('--before and --after go before any name', async () => {
    sendTexts(SCENARIO, trial.sent);
    const before = join(trial.sent, 'kernel_page_tables.before.txt');
    const after = join(trial.sent, 'kernel_page_tables.after.txt');
    const one = trial.send('x.txt', readFileSync(before));
    const two = trial.send('y.txt', readFileSync(after));
    rmSync(before);
    rmSync(after);
    const given = [
      { path: trial.sent, role: null },
      { path: one, role: 'before' },
      { path: two, role: 'after' },
    ];
    const { warnings } = await importCapture(given, trial.out, QUIET);
    expect(warnings).toEqual([]);
    expect(replayOf(trial.out).snapshots).toEqual([{ name: 'after', equal: true, differenceCount: 0 }]);
  });

  test('one without a name is taken for before, which is said; two are refused', async () => {
    sendTexts(SCENARIO, trial.sent);
    const text = readFileSync(join(trial.sent, 'kernel_page_tables.before.txt'));
    const after = readFileSync(join(trial.sent, 'kernel_page_tables.after.txt'));
    rmSync(join(trial.sent, 'kernel_page_tables.before.txt'));
    trial.send('dump.txt', text);
    const { warnings } = await trial.run([trial.sent]);
    expect(warnings).toEqual([expect.stringContaining('dump.txt: nothing says when it was read')]);
    rmSync(trial.out, { recursive: true });
    trial.send('dump2.txt', after);
    expect(await trial.refusal([trial.sent])).toContain(
      `dump2.txt: expected --before or --after to say when this and ${join(trial.sent, 'dump.txt')} were read`,
    );
  });

  test('--before with what is no page table', async () => {
    const file = trial.send('iomem', formatIomem(machineOf(SCENARIO)));
    const error = importCapture([{ path: file, role: 'before' }], trial.out, QUIET);
    await expect(error).rejects.toThrow(
      'expected page tables for --before: a memory image, a map or kernel_page_tables',
    );
  });
});
