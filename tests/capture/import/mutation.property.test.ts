/** Real files with damage: an import works or says in one line why not, and leaves no half of anything. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importCapture } from '../../../src/capture/import/import-capture.js';
import { readScenario } from '../../../src/capture/scenario.js';
import { InputError } from '../../../src/io/input-error.js';
import { sharedFolder } from '../../scratch-folder.js';
import { tarFile } from '../archive/tar-file.js';
import { captures, QUIET } from './sent-files.js';

const PTDUMP = join(captures, '4k48-bbml2-ptdump');
const plain = (path: string) => {
  const bytes = readFileSync(join(PTDUMP, path));
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};

/** What a person would send, the trace cut down so that many imports are made in little time. */
const FILES: readonly (readonly [name: string, bytes: Buffer])[] = [
  [
    'trace.txt',
    Buffer.from(plain('load-small/trace.txt.gz').toString().split('\n').slice(0, 120).join('\n')),
  ],
  ['before/kernel_page_tables', plain('load-small/texts/kernel_page_tables.before.txt.gz')],
  ['after/kernel_page_tables', plain('load-small/texts/kernel_page_tables.after.txt.gz')],
  ['system/iomem', plain('texts/iomem.txt')],
  ['system/cpuinfo', plain('texts/cpuinfo.txt')],
  ['system/meminfo', plain('texts/meminfo.txt')],
  ['system/memblock-memory', plain('texts/memblock-memory.txt')],
  ['system/vmallocinfo', plain('texts/vmallocinfo.txt')],
  ['machine.json', plain('machine.json')],
  ['boot.map.json', plain('boot.map.json')],
  [
    'MANIFEST',
    Buffer.from('format=linmap.archive/1\nrelease=7.2.13\nhad=system/iomem\nmissing=x y\nlost=0\n'),
  ],
];

/** Cuts, copies, blanks, flips and strange bytes, at a place given as a fraction of the file. */
const damage = fc.record({
  kind: fc.constantFrom('byte', 'cut', 'drop', 'repeat', 'digit', 'insert'),
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  length: fc.integer({ min: 1, max: 200 }),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('\n\r\t 0f-:=<[\0'))),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Buffer, { kind, at, length, byte }: Damage): Buffer {
  const from = Math.floor(at * bytes.length);
  const [head, piece, tail] = [
    bytes.subarray(0, from),
    bytes.subarray(from, from + length),
    bytes.subarray(from + length),
  ];
  switch (kind) {
    case 'byte':
      return Buffer.concat([head, Buffer.from([byte]), bytes.subarray(from + 1)]);
    case 'cut':
      return head;
    case 'drop':
      return Buffer.concat([head, tail]);
    case 'repeat':
      return Buffer.concat([head, piece, piece, tail]);
    case 'digit':
      return Buffer.concat([
        head,
        Buffer.from(piece.toString('latin1').replace(/[0-9a-f]/, 'e'), 'latin1'),
        tail,
      ]);
    default:
      return Buffer.concat([head, Buffer.alloc(length, byte), piece, tail]);
  }
}

const scratch = sharedFolder();

test('damaged files', async () => {
  const folder = join(scratch, 'folder');
  const archive = join(scratch, 'archive.tar.gz');
  const out = join(scratch, 'out');
  const subset = fc.subarray([...FILES.keys()], { minLength: 1 });
  const changes = fc.array(fc.tuple(fc.nat(), damage), { maxLength: 3 });
  let imported = 0;
  await fc.assert(
    fc.asyncProperty(subset, changes, fc.boolean(), async (chosen, wounds, packed) => {
      const files = chosen
        .map((at) => FILES[at] as (typeof FILES)[number])
        .map(([name, bytes]) => ({ name, data: bytes }));
      for (const [at, wound] of wounds) {
        const file = files[at % files.length] as { data: Buffer };
        file.data = damaged(file.data, wound);
      }
      rmSync(folder, { recursive: true, force: true });
      rmSync(out, { recursive: true, force: true });
      mkdirSync(folder);
      if (packed) writeFileSync(archive, gzipSync(tarFile(files), { level: 1 }));
      else for (const { name, data } of files) write(folder, name, data);
      const before = readdirSync(scratch);
      try {
        const given = {
          granule: 4096,
          vaBits: 48,
          midr: 0xc00fac30,
          memory: [{ start: 2 ** 30, size: 2 ** 31, noMap: false }],
        } as const;
        const stated = chosen.some((at) => FILES[at]?.[0] === 'machine.json');
        await importCapture([{ path: packed ? archive : folder, role: null }], out, {
          ...QUIET,
          given: stated ? {} : given,
        });
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect((error as Error).message).not.toMatch(/[\p{Cc}]/u);
        expect(readdirSync(scratch)).toEqual(before);
        return;
      }
      imported++;
      expect(readdirSync(out)).toContain('machine.json');
      if (readdirSync(out).includes('trace.txt')) expect(readScenario(out).events).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 300 },
  );
  // Where damage is all that an import ever sees, nothing else is tested.
  expect(imported).toBeGreaterThan(30);
});

function write(folder: string, name: string, data: Buffer): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), data);
}
