import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ARCHIVE_LIMITS } from '../../../src/capture/archive/unpack.js';
import { type ImportOptions, importCapture } from '../../../src/capture/import/import-capture.js';
import { readScenario } from '../../../src/capture/scenario.js';
import { Core } from '../../../src/core/core.js';
import { parseAddress } from '../../../src/io/address.js';
import { InputError } from '../../../src/io/input-error.js';
import { bootLinearMap } from '../../../src/kernel/boot.js';
import { readMachine } from '../../../src/machine/machine.js';
import { compareMaps } from '../../../src/map/compare.js';
import { readMap as readCoreMap } from '../../../src/map/core-map.js';
import { readMap } from '../../../src/map/map-file.js';
import { tarFile } from '../archive/tar-file.js';
import { formatIomem } from '../texts/iomem-text.js';
import { formatPtdump } from '../texts/ptdump-text.js';
import { captures, machineOf, mapsOf, QUIET, replayOf, sendArchive, sendTexts } from './sent-files.js';

const NAME = '4k-bbml2/load-small';

let scratch: string;
let sent: string;
let out: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'linmap-import-'));
  sent = join(scratch, 'sent');
  out = join(scratch, 'out');
  mkdirSync(sent);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const run = (paths: string[], options: Partial<ImportOptions> = {}) =>
  importCapture(
    paths.map((path) => ({ path, role: null })),
    out,
    { ...QUIET, ...options },
  );

/** The one line with which an import is refused; nothing may be left of it. */
async function refusal(paths: string[], options: Partial<ImportOptions> = {}): Promise<string> {
  const before = readdirSync(scratch).sort();
  const error = await run(paths, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  expect(readdirSync(scratch).sort()).toEqual(before);
  expect((error as Error).message).not.toMatch(/[\r\n]/);
  return (error as Error).message;
}

function send(name: string, text: string | Uint8Array): string {
  const path = join(sent, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const trace = () => gunzipSync(readFileSync(join(captures, NAME, 'trace.txt.gz'))).toString();

/** With one line in its middle that is no event. */
const damagedTrace = () => trace().replace(/\n.*\(update_range_prot\+.*\n/, '\nwhat is this?\n');

const GEOMETRY = { granule: 4096, vaBits: 48, midr: 0xc00fac30 } as const;

describe('maps', () => {
  const machines = readdirSync(captures).filter((name) => existsSync(join(captures, name, 'machine.json')));

  test.each(machines)('%s: kernel_page_tables and iomem give the map after boot', async (name) => {
    const machine = readMachine(join(captures, name, 'machine.json'));
    const file = readdirSync(join(captures, name)).find((one) => one.startsWith('boot.map.json')) as string;
    const map = readMap(join(captures, name, file));
    send('kernel_page_tables', formatPtdump(map, {}, machine.pageEnd));
    send('iomem', formatIomem(machine));
    const imported = await run([sent]);
    expect(imported.maps.map(({ role, origin }) => [role, origin])).toEqual([['boot', 'rebuilt']]);
    expect(compareMaps(map, (imported.maps[0] as { map: typeof map }).map, machine).differenceCount).toBe(0);
  });

  test('the shipped memory image gives its map exactly', async () => {
    const imported = await run([join(captures, 'core/4k-bbml2-kaslr.elf.gz')]);
    expect(imported.maps.map(({ origin }) => origin)).toEqual(['read']);
    expect(readFileSync(join(out, 'boot.map.json'), 'utf8')).toBe(
      readFileSync(join(captures, 'core/4k-bbml2-kaslr.map.json'), 'utf8'),
    );
  });

  test('iomem alone: the map is built as the kernel would', async () => {
    const machine = machineOf(NAME);
    const iomem = send('iomem.txt', formatIomem(machine));
    const imported = await run([iomem], { given: { ...GEOMETRY, vaBitsBuild: 52, kfence: 'late' } });
    expect(imported.maps.map(({ role, origin }) => [role, origin])).toEqual([['boot', 'built']]);
    expect(imported.facts.memory).toEqual({ kind: 'read', from: 'iomem.txt: System RAM' });
    expect(imported.facts.granule).toEqual({ kind: 'given', from: '--granule' });
    const core = new Core();
    bootLinearMap(core, machine, 'final');
    // Where bss ends, iomem tells to 64 KiB: its "Kernel data" goes on to _end.
    const built = readMap(join(out, 'boot.map.json'));
    const { differences, differenceCount } = compareMaps(readCoreMap(core), built, machine);
    expect(differenceCount).toBe(differences.length);
    const bssStop = (machine.image?.bssStop ?? 0) - machine.physOffset + machine.pageOffset;
    for (const { va } of differences) expect(Math.abs(parseAddress(va) - bssStop)).toBeLessThan(65536);
    expect(readMachine(join(out, 'machine.json'))).toEqual(imported.machine);
  });

  test('two readings of one moment: the exact one is used, the other held against it', async () => {
    const [[, before], [, after]] = mapsOf(NAME) as [[string, never], [string, never]];
    const { pageEnd } = machineOf(NAME);
    send('before/map.map.json', readFileSync(join(captures, NAME, 'before.map.json')));
    send('iomem', formatIomem(machineOf(NAME)));
    send('trace.txt', trace());
    copyFileSync(join(sent, 'before/map.map.json'), join(sent, 'before/before.map.json'));
    rmSync(join(sent, 'before/map.map.json'));
    send('before/kernel_page_tables', formatPtdump(before, {}, pageEnd));
    const agreeing = await run([sent]);
    expect(agreeing.maps.map(({ role, origin }) => [role, origin])).toEqual([['before', 'read']]);
    expect(agreeing.warnings).toEqual([]);
    send('before/kernel_page_tables', formatPtdump(after, {}, pageEnd));
    const { warnings } = await run([sent], { force: true });
    expect(warnings).toEqual([
      expect.stringMatching(/before\/kernel_page_tables: \d+ descriptors other than in /),
    ]);
  });
});

describe('a trace without maps', () => {
  test('starts from a map that is built, and says what that takes away', async () => {
    const files = [send('trace.txt', trace()), send('iomem.txt', formatIomem(machineOf(NAME)))];
    const imported = await run(files, { given: { ...GEOMETRY, kfence: 'late' } });
    expect(imported.maps.map(({ role, origin }) => [role, origin])).toEqual([['before', 'built']]);
    expect(imported.limits).toEqual([
      expect.stringMatching(/^The map before the trace was built, not read/),
      expect.stringMatching(/^There is no map after the trace/),
    ]);
    expect(replayOf(out)).toMatchObject({ snapshots: [], counters: { calls: 250 } });
    expect(JSON.parse(readFileSync(join(out, 'notes.json'), 'utf8'))).toMatchObject({
      schema: 'linmap.importNotes/1',
      limits: imported.limits,
      trace: { format: 'tracefs', events: 1453 },
    });
  });

  test('with a map after it only, which is then compared with', async () => {
    sendTexts(NAME, sent);
    rmSync(join(sent, 'kernel_page_tables.before.txt'));
    const { maps, limits } = await run([sent]);
    expect(maps.map(({ role, origin }) => [role, origin])).toEqual([
      ['before', 'built'],
      ['after', 'rebuilt'],
    ]);
    expect(limits.join('\n')).toContain('A difference from the map after the trace may come from');
    expect(replayOf(out).snapshots.map(({ name }) => name)).toEqual(['after']);
  });

  test('with a map after boot, which it is taken to start from', async () => {
    sendTexts(NAME, sent);
    const text = readFileSync(join(sent, 'kernel_page_tables.before.txt'));
    rmSync(join(sent, 'kernel_page_tables.before.txt'));
    send('kernel_page_tables.boot.txt', text);
    const { warnings } = await run([sent]);
    expect(warnings).toEqual([
      expect.stringContaining('the tables after boot are taken for those before the trace'),
    ]);
    expect(replayOf(out).snapshots).toEqual([{ name: 'after', equal: true, differenceCount: 0 }]);
  });

  test('VA bits come from the addresses of its calls', async () => {
    const files = [send('trace.txt', trace()), send('iomem.txt', formatIomem(machineOf(NAME)))];
    const { facts } = await run(files, { given: { granule: 4096, midr: GEOMETRY.midr } });
    expect(facts.vaBits).toEqual({ kind: 'derived', from: 'trace.txt: addresses of the linear map' });
  });
});

describe('when page tables were read', () => {
  test('--before and --after go before any name', async () => {
    sendTexts(NAME, sent);
    const before = join(sent, 'kernel_page_tables.before.txt');
    const after = join(sent, 'kernel_page_tables.after.txt');
    const one = send('x.txt', readFileSync(before));
    const two = send('y.txt', readFileSync(after));
    rmSync(before);
    rmSync(after);
    const given = [
      { path: sent, role: null },
      { path: one, role: 'before' },
      { path: two, role: 'after' },
    ];
    const { warnings } = await importCapture(given, out, QUIET);
    expect(warnings).toEqual([]);
    expect(replayOf(out).snapshots).toEqual([{ name: 'after', equal: true, differenceCount: 0 }]);
  });

  test('one without a name is taken for before, which is said; two are refused', async () => {
    sendTexts(NAME, sent);
    const text = readFileSync(join(sent, 'kernel_page_tables.before.txt'));
    const after = readFileSync(join(sent, 'kernel_page_tables.after.txt'));
    rmSync(join(sent, 'kernel_page_tables.before.txt'));
    send('dump.txt', text);
    const { warnings } = await run([sent]);
    expect(warnings).toEqual([expect.stringContaining('dump.txt: nothing says when it was read')]);
    rmSync(out, { recursive: true });
    send('dump2.txt', after);
    expect(await refusal([sent])).toContain(
      `dump2.txt: expected --before or --after to say when this and ${join(sent, 'dump.txt')} were read`,
    );
  });

  test('--before with what is no page table', async () => {
    const file = send('iomem', formatIomem(machineOf(NAME)));
    const error = importCapture([{ path: file, role: 'before' }], out, QUIET);
    await expect(error).rejects.toThrow(
      'expected page tables for --before: a memory image, a map or kernel_page_tables',
    );
  });
});

describe('what the machine is', () => {
  test('machine.json is taken as it is, and no option contradicts it', async () => {
    const paths = [join(captures, NAME), join(captures, '4k-bbml2/machine.json')];
    const { machine, facts } = await run(paths);
    expect(machine).toEqual(machineOf(NAME));
    expect(facts.granule).toEqual({ kind: 'read', from: 'machine.json' });
    expect(replayOf(out)).toEqual(replayOf(join(captures, NAME)));
    rmSync(out, { recursive: true });
    expect(await refusal(paths, { given: { vaBits: 48 } })).toContain(
      'machine.json: expected no --va-bits beside a machine.json, which says it already',
    );
  });

  test('an import can be imported', async () => {
    sendTexts(NAME, sent);
    const first = await run([sent]);
    const again = join(scratch, 'again');
    const second = await importCapture([{ path: out, role: null }], again, QUIET);
    expect(second.machine).toEqual(first.machine);
    expect(second.facts).toEqual(first.facts);
    expect(replayOf(again)).toEqual(replayOf(out));
  });

  test('what is missing is asked for by the name of its option', async () => {
    const files = [send('trace.txt', trace()), send('iomem.txt', formatIomem(machineOf(NAME)))];
    expect(await refusal(files)).toContain('expected --granule');
    expect(await refusal(files, { given: { granule: 4096 } })).toContain('expected --midr');
    expect(await refusal([files[0] as string], { given: GEOMETRY })).toContain('--memory');
  });

  test('a trace in which KFENCE takes its pool shows that it is late', async () => {
    sendTexts('4k-bbml2/kfence-late', sent);
    const { machine, facts } = await run([sent]);
    expect(machine.kfence).toMatchObject({ early: false, late: true, objects: 255 });
    expect(facts.kfenceObjects).toEqual({ kind: 'derived', from: 'trace.txt.gz: arch_kfence_init_pool' });
  });
});

describe('the archive of the capture script', () => {
  test('losses that the script counted and the trace does not show weaken the replay', async () => {
    const archive = join(scratch, 'capture.tar.gz');
    sendArchive(NAME, archive, 'lost=3\nmoved=after/tables.elf\nmissing=system/config no config; ask\n');
    const { trace: read, limits, manifest } = await run([archive]);
    expect(read).toMatchObject({ lostEvents: 3 });
    expect(limits).toEqual([
      expect.stringContaining('tables that changed while the capture script read them'),
      'The tracer lost events: neither agreement nor a difference proves anything.',
    ]);
    expect(manifest?.missing).toEqual([{ name: 'system/config', reason: 'no config; ask' }]);
    expect(readScenario(out).lost).toHaveLength(1);
  });

  test('texts are kept beside the scenario, under names that say when', async () => {
    const archive = join(scratch, 'capture.tar.gz');
    sendArchive(NAME, archive);
    const { files } = await run([archive]);
    expect(readdirSync(join(out, 'texts')).sort()).toEqual(
      ['MANIFEST.txt', 'cmdline.txt', 'iomem.txt', 'log.txt', 'midr.txt', 'version.txt'].sort(),
    );
    const traced = files.find(({ kind }) => kind === 'trace');
    expect(traced).toEqual({
      name: `${archive}: linmap-capture/trace.txt`,
      kind: 'trace',
      role: null,
      copy: 'trace.txt',
    });
    expect(readdirSync(out).sort()).toEqual([
      'after.map.json',
      'before.map.json',
      'machine.json',
      'notes.json',
      'texts',
      'trace.txt',
    ]);
  });

  test('errors name the archive and the entry, not where it was unpacked', async () => {
    const archive = join(scratch, 'capture.tar.gz');
    const files = [
      { name: 'c/system/iomem', data: '40000000-bfffffff : System RAM\nwhat\n' },
      { name: 'c/trace.txt', data: trace() },
    ];
    writeFileSync(archive, gzipSync(tarFile(files)));
    expect(await refusal([archive])).toMatch(`${archive}: c/system/iomem:2: expected `);
    const damaged = damagedTrace();
    writeFileSync(archive, gzipSync(tarFile([{ name: 'c/trace.txt', data: damaged }])));
    expect(await refusal([archive])).toMatch(/capture\.tar\.gz: c\/trace\.txt:\d+: expected a trace event/);
  });
});

describe('files that do not go together', () => {
  test('two that differ', async () => {
    const iomem = formatIomem(machineOf(NAME));
    send('a/iomem', iomem);
    send('b/iomem', iomem);
    send('trace.txt', trace());
    await run([sent], { given: GEOMETRY });
    rmSync(out, { recursive: true });
    send('b/iomem', iomem.replace('bfffffff', '9fffffff'));
    expect(await refusal([sent], { given: GEOMETRY })).toBe(
      `${join(sent, 'b/iomem')}: expected one iomem, found another in ${join(sent, 'a/iomem')}: leave one of them out`,
    );
    rmSync(join(sent, 'b/iomem'));
    send('other.txt', trace());
    expect(await refusal([sent], { given: GEOMETRY })).toContain('expected one trace, found another in ');
  });

  test('tables of another machine', async () => {
    send('before.map.json', readFileSync(join(captures, NAME, 'before.map.json')));
    send('after.map.json', readFileSync(join(captures, '16k-bbml2/load-small/after.map.json')));
    send('trace.txt', trace());
    send('iomem', formatIomem(machineOf(NAME)));
    expect(await refusal([sent])).toContain(
      "after.map.json: expected tables of the machine's granule and VA bits (4096, 48), found 16384, 47",
    );
  });
});

describe('files that are refused', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['notes.txt', 'Dear all,\n', 'found another text'],
    ['empty', '', 'found an empty file'],
    ['picture', Buffer.from([0x89, 0x50, 0, 1, 2]), 'found other binary data'],
    [
      'trace.dat',
      Buffer.from('\x17\x08Dtracing6\0'),
      "found trace-cmd's own data: give what trace-cmd report prints",
    ],
    ['perf.data', Buffer.from('PERFILE2h\0'), "found perf's own data: give what perf script prints"],
    ['x.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), 'found xz data: unpack it first'],
    [
      'cut.gz',
      gzipSync('MemTotal: 1 kB\n'.repeat(9000)).subarray(0, 60),
      'expected complete gzip data, found ',
    ],
    ['torn.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), 'gzip data'],
  ])('%s', async (name, bytes, expected) => {
    const path = send(name, bytes);
    const message = await refusal([path]);
    expect(message).toContain(expected);
    expect(message.startsWith(`${path}: `)).toBe(true);
  });

  test('nothing, a pipe, too deep a folder', async () => {
    expect(await refusal([join(sent, 'no')])).toContain(
      'expected a file or folder, found no such file or directory',
    );
    expect(await refusal(['/dev/null'])).toBe('/dev/null: expected a file or folder, found a pipe or device');
    expect(await refusal([sent])).toBe(`${sent}: expected a folder with files, found none`);
    send(`${'d/'.repeat(12)}iomem`, 'x');
    expect(await refusal([sent])).toContain('expected folders at most 8 deep, found more');
  });

  test('in a folder, what is of no use is passed over, and said', async () => {
    sendTexts(NAME, sent);
    send('README', 'hello\n');
    send('.hidden/iomem', '0-0 : nothing\n');
    const { unused } = await run([sent]);
    send('todo', 'hello\n');
    send('nothing', '');
    const { unused: others } = await run([sent], { force: true });
    expect(unused).toEqual([{ name: join(sent, 'README'), reason: 'text for people' }]);
    expect(others.map(({ reason }) => reason)).toEqual(['text for people', 'an empty file', 'another text']);
  });

  test('an archive larger than allowed', async () => {
    const archive = join(scratch, 'capture.tar.gz');
    sendArchive(NAME, archive);
    const limits = { ...ARCHIVE_LIMITS, maxBytes: 65536 };
    expect(await refusal([archive], { limits })).toMatch(
      /expected at most 64 KiB( unpacked)? \(--max-size\)/,
    );
  });
});

describe('the folder that is written', () => {
  test('an import is replaced when asked for, anything else is not', async () => {
    sendTexts(NAME, sent);
    await run([sent]);
    expect(await refusal([sent])).toContain('expected a new or empty folder, found files in it');
    await run([sent], { force: true });
    writeFileSync(join(out, 'thoughts.txt'), 'mine');
    expect(await refusal([sent], { force: true })).toContain('expected an earlier import to replace');
    rmSync(join(out, 'thoughts.txt'));
    rmSync(join(out, 'notes.json'));
    expect(await refusal([sent], { force: true })).toContain('expected an earlier import to replace');
  });

  test('a failed replacement leaves the earlier import as it was', async () => {
    sendTexts(NAME, sent);
    await run([sent]);
    const before = replayOf(out);
    send('trace.txt.gz', gzipSync(damagedTrace()));
    expect(await refusal([sent], { force: true })).toContain('expected a trace event');
    expect(replayOf(out)).toEqual(before);
  });

  test('it may lie in a folder that is imported', async () => {
    sendTexts(NAME, sent);
    out = join(sent, 'out');
    await run([sent]);
    await run([sent], { force: true });
    expect(replayOf(out).snapshots).toEqual([{ name: 'after', equal: true, differenceCount: 0 }]);
  });
});
