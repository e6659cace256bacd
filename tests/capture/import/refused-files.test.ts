/** What an import refuses or passes over, and what it says of it. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { ARCHIVE_LIMITS } from '../../../src/capture/archive/unpack.js';
import { formatIomem } from '../texts/iomem-text.js';
import { captures, machineOf, sendArchive, sendTexts } from './sent-files.js';
import { GEOMETRY, SCENARIO, traceText } from './sent-scenario.js';
import { TrialImport } from './trial-import.js';

let trial: TrialImport;
beforeEach(() => {
  trial = new TrialImport();
});

describe('files that do not go together', () => {
  test('two that differ', async () => {
    const iomem = formatIomem(machineOf(SCENARIO));
    trial.send('a/iomem', iomem);
    trial.send('b/iomem', iomem);
    trial.send('trace.txt', traceText());
    await trial.run([trial.sent], { given: GEOMETRY });
    rmSync(trial.out, { recursive: true });
    trial.send('b/iomem', iomem.replace('bfffffff', '9fffffff'));
    expect(await trial.refusal([trial.sent], { given: GEOMETRY })).toBe(
      `${join(trial.sent, 'b/iomem')}: expected one iomem, found another in ${join(trial.sent, 'a/iomem')}: leave one of them out`,
    );
    rmSync(join(trial.sent, 'b/iomem'));
    trial.send('other.txt', traceText());
    expect(await trial.refusal([trial.sent], { given: GEOMETRY })).toContain(
      'expected one trace, found another in ',
    );
  });

  test('tables of another machine', async () => {
    trial.send('before.map.json', readFileSync(join(captures, SCENARIO, 'before.map.json')));
    trial.send('after.map.json', readFileSync(join(captures, '16k-bbml2/load-small/after.map.json')));
    trial.send('trace.txt', traceText());
    trial.send('iomem', formatIomem(machineOf(SCENARIO)));
    expect(await trial.refusal([trial.sent])).toContain(
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
    const path = trial.send(name, bytes);
    const message = await trial.refusal([path]);
    expect(message).toContain(expected);
    expect(message.startsWith(`${path}: `)).toBe(true);
  });

  test('nothing, a pipe, too deep a folder', async () => {
    expect(await trial.refusal([join(trial.sent, 'no')])).toContain(
      'expected a file or folder, found no such file or directory',
    );
    expect(await trial.refusal(['/dev/null'])).toBe(
      '/dev/null: expected a file or folder, found a pipe or device',
    );
    expect(await trial.refusal([trial.sent])).toBe(`${trial.sent}: expected a folder with files, found none`);
    trial.send(`${'d/'.repeat(12)}iomem`, 'x');
    expect(await trial.refusal([trial.sent])).toContain('expected folders at most 8 deep, found more');
  });

  test('in a folder, what is of no use is passed over, and said', async () => {
    sendTexts(SCENARIO, trial.sent);
    trial.send('README', 'hello\n');
    trial.send('.hidden/iomem', '0-0 : nothing\n');
    const { unused } = await trial.run([trial.sent]);
    trial.send('todo', 'hello\n');
    trial.send('nothing', '');
    const { unused: others } = await trial.run([trial.sent], { force: true });
    expect(unused).toEqual([{ name: join(trial.sent, 'README'), reason: 'text for people' }]);
    expect(others.map(({ reason }) => reason)).toEqual(['text for people', 'an empty file', 'another text']);
  });

  test('an archive larger than allowed', async () => {
    const archive = join(trial.scratch, 'capture.tar.gz');
    sendArchive(SCENARIO, archive);
    const limits = { ...ARCHIVE_LIMITS, maxBytes: 65536 };
    expect(await trial.refusal([archive], { limits })).toMatch(
      /expected at most 64 KiB( unpacked)? \(--max-size\)/,
    );
  });
});
