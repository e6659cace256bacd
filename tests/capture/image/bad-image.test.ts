/** Damaged, foreign and wrecked images: one line that says what is wrong, and an end. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySource } from '../../../src/capture/image/image-source.js';
import { isImage, readImage, readImageSource } from '../../../src/capture/image/read-image.js';
import { InputError } from '../../../src/io/input-error.js';
import { findMisplaced } from '../../../src/map/placement.js';
import { root } from '../../cli/linmap.js';
import { runs } from '../../core/runs.js';
import { sharedFolder } from '../../scratch-folder.js';
import { bytesOf, type CoreFileOptions, coreFile } from './core-file.js';
import { flattened } from './flattened-file.js';
import { oneOfEach } from './sample-map.js';
import { SparseSource } from './sparse-source.js';

const folder = sharedFolder();

const shipped = gunzipSync(readFileSync(join(root, 'captures/core/4k-bbml2-kaslr.elf.gz')));
const cases = oneOfEach();
const small = cases.find(({ name }) => name === '4K/48 built for 48');
if (small === undefined) throw new Error('there is a case of 4K/48');
const file = (options: CoreFileOptions = {}) => coreFile(small.map, { ...small.options, ...options });

const read = (bytes: Uint8Array) => readImageSource(new MemorySource('memory.elf', bytes));
const edited = (edit: (bytes: Buffer) => void) => {
  const bytes = Buffer.from(shipped);
  edit(bytes);
  return bytes;
};

/** Whatever comes of it, it is a map that can be, or one line. */
function expectMapOrOneLine(action: () => ReturnType<typeof readImageSource>): void {
  try {
    expect(findMisplaced(action().map)).toBe(null);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/^[^\n]*: [^\n]*expected [^\n]*$/);
  }
}

describe('a file that is no ELF core of an arm64 machine', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'found an empty file'],
    ['text', Buffer.from('# tracer: nop\n#\n'), 'expected an ELF core, found "# tracer"'],
    [
      'a head cut short',
      shipped.subarray(0, 40),
      'expected an ELF header at offset 0x0, found the end of the file',
    ],
    ['32 bits', edited((b) => b.writeUInt8(1, 4)), 'expected an ELF64 core, found one of 32 bits'],
    ['big-endian', edited((b) => b.writeUInt8(2, 5)), 'found a big-endian one'],
    ['an executable', edited((b) => b.writeUInt16LE(2, 16)), 'expected an ELF core, found an executable'],
    ['x86-64', edited((b) => b.writeUInt16LE(62, 18)), 'expected a core of an arm64 machine, found x86-64'],
    ['another machine', edited((b) => b.writeUInt16LE(999, 18)), 'found ELF machine 999'],
    [
      'kdump',
      Buffer.from('KDUMP   \x06\0\0\0'),
      "found makedumpfile's compressed format: dump as ELF (makedumpfile -E;",
    ],
    ['diskdump', Buffer.from('DISKDUMP'), 'found the diskdump format'],
    ['dump-guest-memory -w', Buffer.from('PAGEDU64'), "found Windows' crash dump format"],
    ['LZO', Buffer.from('\x89LZO\0\r\n\x1a\n', 'latin1'), 'found LZO compression: unpack it with lzop -d'],
    ['zstd', Buffer.from('\x28\xb5\x2f\xfd', 'latin1'), 'found Zstandard compression'],
  ])('is refused: %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
    expect(() => read(bytes)).toThrow(InputError);
  });

  it('is known by its first bytes', () => {
    expect(isImage(shipped.subarray(0, 64))).toBe(true);
    expect(isImage(Buffer.from('KDUMP   \x06\0\0\0'))).toBe(true);
    expect(isImage(edited((b) => b.writeUInt16LE(2, 16)).subarray(0, 64))).toBe(false);
    expect(isImage(Buffer.alloc(0))).toBe(false);
  });

  it('may not even be a file', () => {
    expect(() => readImage(join(folder, 'none'))).toThrow(
      'none: expected a readable file, found no such file',
    );
    expect(() => readImage(folder)).toThrow(
      'expected a file that can be read at any place, found a directory',
    );
    const cut = join(folder, 'cut.gz');
    writeFileSync(cut, gzipSync(shipped).subarray(0, 1000));
    expect(() => readImage(cut)).toThrow('expected complete gzip data, found an end in the middle');
  });
});

describe('headers that lie', () => {
  it.each([
    [
      'headers outside',
      edited((b) => b.writeBigUInt64LE(2n ** 40n, 32)),
      'expected program headers inside the file',
    ],
    ['headers nowhere', edited((b) => b.writeBigUInt64LE(2n ** 63n, 32)), 'expected headers inside the file'],
    [
      'no headers',
      edited((b) => b.writeUInt16LE(0, 56)),
      'expected memory in the core (PT_LOAD), found none',
    ],
    ['other sizes', edited((b) => b.writeUInt16LE(32, 54)), 'expected program headers of 56 bytes, found 32'],
    [
      'a count elsewhere',
      edited((b) => b.writeUInt16LE(0xffff, 56)),
      'expected a section header with the number',
    ],
    [
      'notes outside',
      edited((b) => b.writeBigUInt64LE(2n ** 30n, 64 + 32)),
      'expected notes inside the file',
    ],
    [
      'a note too long',
      edited((b) => b.writeUInt32LE(1 << 20, 0x318 + 4)),
      'expected a whole note at offset 0x318',
    ],
    [
      'offsets of no file',
      edited((b) => b.writeBigUInt64LE(2n ** 62n, 120 + 8)),
      'expected program headers of what is in the file',
    ],
  ])('are found out: %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
    expect(() => read(bytes)).toThrow(InputError);
  });

  it('are found out where the file ends before a table', () => {
    // The last page is the root.
    expect(() => read(shipped.subarray(0, shipped.length - 4096))).toThrow(
      'expected the root table at offset 0x28000, found the end of the file',
    );
  });
});

describe('tables that are wrecked', () => {
  it.each(cases)('end in one line where a table leads back to the root: $name', ({ map, options }) => {
    if (map.tables.length === 0) return;
    const wrecked = coreFile(map, options);
    const [rootTable, below] = wrecked.tables;
    const piece = wrecked.pieces.find(({ offset }) => offset === rootTable?.offset);
    const child = wrecked.pieces.find(({ offset }) => offset === below?.offset);
    if (piece === undefined || child === undefined) throw new Error('tables lie in the file');
    if ((below?.level ?? 3) === 3) return;
    // All entries of the first table below the root become what the root has for it.
    const from = new BigUint64Array(piece.bytes.buffer);
    const first = from.findLast((word, index) => word !== 0n && index < from.length / 2) ?? 0n;
    new BigUint64Array(child.bytes.buffer).fill(first);
    expect(() => readImageSource(new SparseSource(wrecked))).toThrow(/expected (the table|a|no) .*, found/);
  });

  it('end in one line where a table lies outside the image', () => {
    const wrecked = file({ flavour: 'tables' });
    const bytes = bytesOf(wrecked);
    bytes.writeBigUInt64LE(0x1800_7fff_ffff_f403n, wrecked.tables[0]?.offset ?? 0);
    expect(() => read(bytes)).toThrow(
      'memory.elf: expected the table of level 1 for 0xffff000000000000 at pa 0x7ffffffff000, ' +
        'found no load of the core that has it',
    );
  });

  it('never crash or hang the reader, whatever VMCOREINFO says', () => {
    const numbers = fc.oneof(
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 65n }).map(String),
      fc.bigInt({ min: 0n, max: 2n ** 68n }).map((value) => `0x${value.toString(16)}`),
      fc.integer({ min: -5, max: 70 }).map(String),
      fc.string({ maxLength: 12 }),
    );
    const keys = fc.constantFrom(
      'PAGESIZE',
      'KERNELOFFSET',
      'SYMBOL(swapper_pg_dir)',
      ...['VA_BITS', 'TCR_EL1_T1SZ', 'kimage_voffset', 'PHYS_OFFSET'].map((name) => `NUMBER(${name})`),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, numbers), { minLength: 1, maxLength: 4 }), (lines) => {
        // The first of a key counts.
        const vmcoreinfo = (text: string) =>
          `${lines.map(([key, value]) => `${key}=${value}\n`).join('')}${text}`;
        expectMapOrOneLine(() => readImageSource(new SparseSource(file({ flavour: 'tables', vmcoreinfo }))));
      }),
      { numRuns: runs(1000) },
    );
  });

  it('never crash or hang the reader, however a real image is mutated', () => {
    const words = fc.array(
      fc.record({
        at: fc.nat(shipped.length - 8),
        value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        bytes: fc.constantFrom(1, 2, 4, 8),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const anywhere = fc.record({ words, headers: fc.boolean(), aligned: fc.boolean() });
    fc.assert(
      fc.property(anywhere, ({ words, headers, aligned }) => {
        const bytes = Buffer.from(shipped);
        for (const { at, value, bytes: size } of words) {
          const place = headers ? at % 0x318 : aligned ? at & ~7 : at;
          for (let i = 0; i < size; i++) bytes[place + i] = Number((value >> BigInt(8 * i)) & 0xffn);
        }
        expectMapOrOneLine(() => read(bytes));
      }),
      { numRuns: runs(3000) },
    );
  });

  it('never crash or hang the reader where table pages hold any words', () => {
    const own = file({ flavour: 'tables' });
    const bytes = bytesOf(own);
    const descriptors = own.tables.map(({ offset }) => bytes.readBigUInt64LE(offset));
    const word = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.constantFrom(...descriptors),
      fc.constantFrom(0n, 1n, 2n, 3n, 0x800n),
    );
    const writes = fc.array(
      fc.record({ table: fc.nat(), entry: fc.nat(511), word, count: fc.constantFrom(1, 1, 16, 512) }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(writes, (list) => {
        const mutated = Buffer.from(bytes);
        for (const { table, entry, word, count } of list) {
          const offset = own.tables[table % own.tables.length]?.offset ?? 0;
          for (let i = entry; i < Math.min(512, entry + count); i++)
            mutated.writeBigUInt64LE(word, offset + 8 * i);
        }
        expectMapOrOneLine(() => read(mutated));
      }),
      { numRuns: runs(1500) },
    );
  });

  it('are read whole or refused, wherever the file ends', () => {
    const whole = read(shipped).map;
    fc.assert(
      fc.property(fc.nat(shipped.length - 1), (length) => {
        expect(() => expect(read(shipped.subarray(0, length)).map).toEqual(whole)).toThrow(InputError);
      }),
      { numRuns: runs(300) },
    );
  });

  it('are refused in flattened files that are cut or nonsense', () => {
    const flat = flattened(file({ flavour: 'tables' }));
    const path = join(folder, 'flat');
    fc.assert(
      fc.property(fc.nat(flat.length - 1), fc.boolean(), fc.nat(255), (at, cut, value) => {
        const bytes = Buffer.from(cut ? flat.subarray(0, at) : flat);
        if (!cut) bytes[at] = value;
        writeFileSync(path, bytes);
        expectMapOrOneLine(() => readImage(path));
      }),
      { numRuns: runs(300) },
    );
  });
});
