/** The table readers that the capture script carries: what they copy out of a core gives the same map as the core. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readImage } from '../../../src/capture/image/read-image.js';
import type { LinearMap } from '../../../src/map/linear-map.js';
import { formatMap } from '../../../src/map/map-file.js';
import { root } from '../../cli/linmap.js';
import { GiB, MiB } from '../../core/sizes.js';
import { sharedFolder } from '../../scratch-folder.js';
import { type CoreFileOptions, coreFile, writeCoreFile } from './core-file.js';
import { type MapCase, oneOfEach } from './sample-map.js';

const READERS = [
  ['node', 'table-reader.mjs'],
  ['python3', 'table-reader.py'],
  ['perl', 'table-reader.pl'],
] as const;

/** Counts in the top byte of the first descriptor of a table, which holds no address, as fast as it can. */
const FLIP = `
  const { openSync, writeSync, readSync } = require('fs');
  const file = openSync(process.argv[1], 'r+');
  const word = Buffer.alloc(8);
  readSync(file, word, 0, 8, Number(process.argv[2]));
  process.stdout.write('go');
  for (let i = 0; ; i++) {
    word[7] = i & 0xff;
    writeSync(file, word, 0, 8, Number(process.argv[2]));
  }
`;

/** So many tables that reading them takes long enough for another process to come between: a page in each. */
const manyTables: LinearMap = {
  granule: 4096,
  vaBits: 48,
  rootLevel: 0,
  leaves: Array.from({ length: 4096 }, (_, i) => ({
    level: 3,
    va: -(2 ** 48) + i * 2 * MiB,
    pa: 2 ** 30 + i * 2 * MiB,
    count: 1,
    attributes: 0xe8000000000707n,
  })),
  tables: [
    [0, 1, GiB],
    [1, 8, GiB],
    [2, 4096, 2 * MiB],
  ].flatMap(([level = 0, count = 0, size = 0]) =>
    Array.from({ length: count }, (_, i) => ({
      level,
      va: -(2 ** 48) + i * size,
      attributes: 0x1800000000000403n,
    })),
  ),
};

const folder = sharedFolder();

const reader = (name: string) => join(root, 'src/capture/script/readers', name);
const cases = oneOfEach();
const first = cases.find(({ name }) => name === '4K/48 built for 48');
if (first === undefined) throw new Error('there is a case of 4K/48');
const source = join(folder, 'source.elf');
const dest = join(folder, 'dest.elf');

function write({ map, options }: MapCase, change: CoreFileOptions): void {
  writeCoreFile(source, coreFile(map, { ...options, ...change }));
}

for (const [interpreter, file] of READERS) {
  const known = spawnSync(interpreter, ['-e', '0'], { stdio: 'ignore' }).error === undefined;
  const run = (from = source) => {
    rmSync(dest, { force: true });
    const { status, stderr } = spawnSync(interpreter, [reader(file), from, dest], { encoding: 'utf8' });
    return { status, stderr };
  };
  const done = { status: 0, stderr: '' };

  // Not every machine has all of them: the run lists those that are skipped.
  describe.skipIf(!known)(`${file}`, () => {
    it('copies the tables of a real kernel', () => {
      writeFileSync(source, gunzipSync(readFileSync(join(root, 'captures/core/4k-bbml2-kaslr.elf.gz'))));
      expect(run()).toEqual(done);
      expect(formatMap(readImage(dest).map)).toBe(
        readFileSync(join(root, 'captures/core/4k-bbml2-kaslr.map.json'), 'utf8'),
      );
      expect(existsSync(`${dest}.part`)).toBe(false);
    });

    it.each(cases)('copies tables of $name', (one) => {
      for (const change of [{ flavour: 'kcore', knownPa: false }, { flavour: 'vmcore' }] as const) {
        write(one, change);
        expect(run()).toEqual(done);
        const { map, facts } = readImage(dest);
        expect(formatMap(map)).toBe(formatMap(one.map));
        expect(facts).toEqual(readImage(source).facts);
      }
    });

    it('makes the same of what it has made', () => {
      write(first, { flavour: 'kcore' });
      expect(run()).toEqual(done);
      const made = join(folder, 'made.elf');
      copyFileSync(dest, made);
      expect(run(made)).toEqual(done);
      expect(readFileSync(dest).equals(readFileSync(made))).toBe(true);
    });

    it('reads until two readings agree, or says what moved', async () => {
      const core = coreFile(manyTables, { flavour: 'kcore' });
      writeCoreFile(source, core);
      const last = core.tables.findLast(({ level }) => level === 3);
      const writer = spawn('node', ['-e', FLIP, source, String(last?.offset)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        await once(writer.stdout, 'data');
        const { status, stderr } = run();
        // Which it is depends on what else this machine does.
        expect([0, 3]).toContain(status);
        const line = /^(moved: level 3, va 0x[0-9a-f]{16}: 0x[0-9a-f]{16} became 0x[0-9a-f]{16}\n)+$/;
        if (status === 3) expect(stderr).toMatch(line);
        expect(readImage(dest).map.tables).toEqual(manyTables.tables);
      } finally {
        writer.kill();
        await once(writer, 'exit');
      }
    });

    it('writes what the others write', () => {
      write(first, { flavour: 'kcore', knownPa: true });
      expect(run()).toEqual(done);
      const bytes = readFileSync(dest);
      expect(spawnSync('node', [reader('table-reader.mjs'), source, dest]).status).toBe(0);
      expect(readFileSync(dest).equals(bytes)).toBe(true);
    });

    it('reads cores with more program headers than e_phnum counts', () => {
      write(first, { flavour: 'kcore', extraHeaders: 66_000 });
      expect(run()).toEqual(done);
      expect(formatMap(readImage(dest).map)).toBe(formatMap(first.map));
    });

    it.each([
      ['no core at all', () => writeFileSync(source, 'x'.repeat(100)), 'expected a little-endian ELF64 core'],
      ['an empty file', () => writeFileSync(source, ''), 'found the end of the file'],
      ['no VMCOREINFO', () => write(first, { vmcoreinfo: () => null }), 'expected a VMCOREINFO note'],
      [
        'a root outside the memory',
        () =>
          write(first, { vmcoreinfo: (text) => text.replace(/(swapper_pg_dir\)=).*/, '$1ffffffff00000000') }),
        'expected a table at pa',
      ],
      ['no such file', () => rmSync(source), 'source.elf: '],
    ])('says what is wrong with %s, and leaves nothing', (_, make, message) => {
      make();
      const { status, stderr } = run();
      expect(status).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(existsSync(dest) || existsSync(`${dest}.part`)).toBe(false);
    });
  });
}
