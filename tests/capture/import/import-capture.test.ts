/** What an import writes: the machine, what an archive brought along, and the folder whole or not at all. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { importCapture } from '../../../src/capture/import/import-capture.js';
import { readScenario } from '../../../src/capture/scenario.js';
import { tarFile } from '../archive/tar-file.js';
import { formatIomem } from '../texts/iomem-text.js';
import { captures, machineOf, QUIET, replayOf, sendArchive, sendTexts } from './sent-files.js';
import { damagedTrace, GEOMETRY, SCENARIO, traceText } from './sent-scenario.js';
import { TrialImport } from './trial-import.js';

let trial: TrialImport;
beforeEach(() => {
  trial = new TrialImport();
});

describe('what the machine is', () => {
  test('machine.json is taken as it is, and no option contradicts it', async () => {
    const paths = [join(captures, SCENARIO), join(captures, '4k-bbml2/machine.json')];
    const { machine, facts } = await trial.run(paths);
    expect(machine).toEqual(machineOf(SCENARIO));
    expect(facts.granule).toEqual({ kind: 'read', from: 'machine.json' });
    expect(replayOf(trial.out)).toEqual(replayOf(join(captures, SCENARIO)));
    rmSync(trial.out, { recursive: true });
    expect(await trial.refusal(paths, { given: { vaBits: 48 } })).toContain(
      'machine.json: expected no --va-bits beside a machine.json, which says it already',
    );
  });

  test('an import can be imported', async () => {
    sendTexts(SCENARIO, trial.sent);
    const first = await trial.run([trial.sent]);
    const again = join(trial.scratch, 'again');
    const second = await importCapture([{ path: trial.out, role: null }], again, QUIET);
    expect(second.machine).toEqual(first.machine);
    expect(second.facts).toEqual(first.facts);
    expect(replayOf(again)).toEqual(replayOf(trial.out));
  });

  test('what is missing is asked for by the name of its option', async () => {
    const files = [
      trial.send('trace.txt', traceText()),
      trial.send('iomem.txt', formatIomem(machineOf(SCENARIO))),
    ];
    expect(await trial.refusal(files)).toContain('expected --granule');
    expect(await trial.refusal(files, { given: { granule: 4096 } })).toContain('expected --midr');
    expect(await trial.refusal([files[0] as string], { given: GEOMETRY })).toContain('--memory');
  });

  test('a trace in which KFENCE takes its pool shows that it is late', async () => {
    sendTexts('4k-bbml2/kfence-late', trial.sent);
    const { machine, facts } = await trial.run([trial.sent]);
    expect(machine.kfence).toMatchObject({ early: false, late: true, objects: 255 });
    expect(facts.kfenceObjects).toEqual({ kind: 'derived', from: 'trace.txt.gz: arch_kfence_init_pool' });
  });
});

describe('the archive of the capture script', () => {
  test('losses that the script counted and the trace does not show weaken the replay', async () => {
    const archive = join(trial.scratch, 'capture.tar.gz');
    sendArchive(SCENARIO, archive, 'lost=3\nmoved=after/tables.elf\nmissing=system/config no config; ask\n');
    const { trace: read, limits, manifest } = await trial.run([archive]);
    expect(read).toMatchObject({ lostEvents: 3 });
    expect(limits).toEqual([
      expect.stringContaining('tables that changed while the capture script read them'),
      'The tracer lost events: neither agreement nor a difference proves anything.',
    ]);
    expect(manifest?.missing).toEqual([{ name: 'system/config', reason: 'no config; ask' }]);
    expect(readScenario(trial.out).lost).toHaveLength(1);
  });

  test('texts are kept beside the scenario, under names that say when', async () => {
    const archive = join(trial.scratch, 'capture.tar.gz');
    sendArchive(SCENARIO, archive);
    const { files } = await trial.run([archive]);
    expect(readdirSync(join(trial.out, 'texts')).sort()).toEqual(
      ['MANIFEST.txt', 'cmdline.txt', 'iomem.txt', 'log.txt', 'midr.txt', 'version.txt'].sort(),
    );
    const traced = files.find(({ kind }) => kind === 'trace');
    expect(traced).toEqual({
      name: `${archive}: linmap-capture/trace.txt`,
      kind: 'trace',
      role: null,
      copy: 'trace.txt',
    });
    expect(readdirSync(trial.out).sort()).toEqual([
      'after.map.json',
      'before.map.json',
      'machine.json',
      'notes.json',
      'texts',
      'trace.txt',
    ]);
  });

  test('errors name the archive and the entry, not where it was unpacked', async () => {
    const archive = join(trial.scratch, 'capture.tar.gz');
    const files = [
      { name: 'c/system/iomem', data: '40000000-bfffffff : System RAM\nwhat\n' },
      { name: 'c/trace.txt', data: traceText() },
    ];
    writeFileSync(archive, gzipSync(tarFile(files)));
    expect(await trial.refusal([archive])).toMatch(`${archive}: c/system/iomem:2: expected `);
    const damaged = damagedTrace();
    writeFileSync(archive, gzipSync(tarFile([{ name: 'c/trace.txt', data: damaged }])));
    expect(await trial.refusal([archive])).toMatch(
      /capture\.tar\.gz: c\/trace\.txt:\d+: expected a trace event/,
    );
  });
});

describe('the folder that is written', () => {
  test('an import is replaced when asked for, anything else is not', async () => {
    sendTexts(SCENARIO, trial.sent);
    await trial.run([trial.sent]);
    expect(await trial.refusal([trial.sent])).toContain('expected a new or empty folder, found files in it');
    await trial.run([trial.sent], { force: true });
    writeFileSync(join(trial.out, 'thoughts.txt'), 'mine');
    expect(await trial.refusal([trial.sent], { force: true })).toContain(
      'expected an earlier import to replace',
    );
    rmSync(join(trial.out, 'thoughts.txt'));
    rmSync(join(trial.out, 'notes.json'));
    expect(await trial.refusal([trial.sent], { force: true })).toContain(
      'expected an earlier import to replace',
    );
  });

  test('a failed replacement leaves the earlier import as it was', async () => {
    sendTexts(SCENARIO, trial.sent);
    await trial.run([trial.sent]);
    const before = replayOf(trial.out);
    trial.send('trace.txt.gz', gzipSync(damagedTrace()));
    expect(await trial.refusal([trial.sent], { force: true })).toContain('expected a trace event');
    expect(replayOf(trial.out)).toEqual(before);
  });

  test('it may lie in a folder that is imported', async () => {
    sendTexts(SCENARIO, trial.sent);
    trial.out = join(trial.sent, 'out');
    await trial.run([trial.sent]);
    await trial.run([trial.sent], { force: true });
    expect(replayOf(trial.out).snapshots).toEqual([{ name: 'after', equal: true, differenceCount: 0 }]);
  });
});
