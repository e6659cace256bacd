/** Memory images of every layout, granule and address width give the map that their tables describe. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isImage, readImage, readImageSource } from '../../../src/capture/image/read-image.js';
import type { LinearMap } from '../../../src/map/linear-map.js';
import { formatMap } from '../../../src/map/map-file.js';
import { root } from '../../cli/linmap.js';
import { runs } from '../../core/runs.js';
import { GiB } from '../../core/sizes.js';
import { sharedFolder } from '../../scratch-folder.js';
import { bytesOf, type CoreFileOptions, coreFile, writeCoreFile } from './core-file.js';
import { flattened } from './flattened-file.js';
import { oneOfEach, sampleMapCase } from './sample-map.js';
import { SparseSource } from './sparse-source.js';

const shipped = join(root, 'captures/core/4k-bbml2-kaslr');
const folder = sharedFolder();

const cases = oneOfEach();
const named = (name: string) => {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
};
const { map: small, options: smallOptions } = named('4K/48 built for 48');

function readBack(map: LinearMap, options: CoreFileOptions, given = {}) {
  return readImageSource(new SparseSource(coreFile(map, options)), given);
}

describe('the image of a real kernel', () => {
  it('gives its map exactly', () => {
    const { map, facts, moved } = readImage(`${shipped}.elf.gz`);
    expect(formatMap(map)).toBe(readFileSync(`${shipped}.map.json`, 'utf8'));
    expect(moved).toEqual([]);
    expect(facts).toMatchObject({
      kernel: '7.2.13+deb14-arm64',
      vaBits: 48,
      vaBitsBuild: 52,
      lpa2: false,
      physOffset: 0x40000000,
      kernelOffset: 0x226148400000,
      rootPa: 0x42703000,
      tables: 6,
      tableBytes: 6 * 4096,
    });
  });
});

describe('images of every layout', () => {
  it('give the map that was put into them', () => {
    fc.assert(
      fc.property(sampleMapCase, ({ map, options }) => {
        const { map: read, facts } = readBack(map, options);
        expect(formatMap(read)).toBe(formatMap(map));
        expect(facts).toMatchObject({
          physOffset: options.physOffset,
          kernelOffset: options.kernelOffset,
          vaBitsBuild: options.vaBitsBuild,
          tables: map.tables.length,
        });
      }),
      { numRuns: runs(300) },
    );
  });

  it('come in every granule, width and build', () => {
    expect(cases.map(({ name }) => name)).toEqual([
      '16K/36 built for 36',
      '16K/47 built for 47',
      '16K/47 built for 52',
      '16K/48 built for 48',
      '16K/52 built for 52',
      '4K/39 built for 39',
      '4K/48 built for 48',
      '4K/48 built for 52',
      '4K/52 built for 52',
      '64K/42 built for 42',
      '64K/48 built for 48',
      '64K/48 built for 52',
      '64K/52 built for 52',
    ]);
  });

  it('may lie in files: plain with holes, gzipped, flattened', () => {
    const file = coreFile(small, { ...smallOptions, flavour: 'vmcore' });
    const expected = formatMap(small);
    const plain = join(folder, 'plain.elf');
    writeCoreFile(plain, file);
    expect(formatMap(readImage(plain).map)).toBe(expected);
    const packed = join(folder, 'packed');
    writeFileSync(packed, gzipSync(bytesOf(file), { level: 1 }));
    expect(formatMap(readImage(packed).map)).toBe(expected);
    const flat = join(folder, 'flat');
    writeFileSync(flat, flattened(file));
    expect(formatMap(readImage(flat).map)).toBe(expected);
    expect(isImage(readFileSync(flat).subarray(0, 64))).toBe(true);
    expect(isImage(readFileSync(plain).subarray(0, 64))).toBe(true);
    expect(isImage(Buffer.from('# tracer: nop'))).toBe(false);
  });

  it('may have more program headers than e_phnum counts', () => {
    for (const extraHeaders of [70_000]) {
      expect(readBack(small, { ...smallOptions, extraHeaders }).map).toEqual(
        readBack(small, smallOptions).map,
      );
    }
  });

  it('are read by table pages only', () => {
    const file = coreFile(small, { ...smallOptions, flavour: 'kcore' });
    const source = new SparseSource(file);
    let reads = 0;
    source.beforeRead = () => reads++;
    readImageSource(source);
    // ELF header twice (its head, then whole), program headers, notes, tables.
    expect(reads).toBeLessThanOrEqual(4 + file.tables.length);
  });
});

describe('VMCOREINFO', () => {
  const without = (key: string) => (text: string) =>
    text
      .split('\n')
      .filter((line) => !line.startsWith(`${key}=`))
      .join('\n');
  const changed = (key: string, value: string) => (text: string) => `${without(key)(text)}${key}=${value}\n`;

  it('may be of a kernel before 5.11, without T1SZ', () => {
    for (const name of [
      '4K/39 built for 39',
      '4K/48 built for 48',
      '64K/48 built for 52',
      '64K/52 built for 52',
    ]) {
      const { map, options } = named(name);
      const vmcoreinfo = without('NUMBER(TCR_EL1_T1SZ)');
      const { map: read } = readBack(map, { ...options, flavour: 'kcore', vmcoreinfo });
      expect(formatMap(read)).toBe(formatMap(map));
    }
  });

  it('may have memstart_addr as kernels before 5.11 left it with fewer bits in use', () => {
    const { map, options } = named('64K/48 built for 52');
    const memstart = `0x${(options.physOffset ?? 0).toString(16)}`;
    const vmcoreinfo = changed('NUMBER(PHYS_OFFSET)', memstart);
    const { map: read, facts } = readBack(map, { ...options, flavour: 'kcore', knownPa: false, vmcoreinfo });
    expect(formatMap(read)).toBe(formatMap(map));
    expect(facts.physOffset).toBe(options.physOffset);
  });

  it('may have numbers in other spellings', () => {
    const spell = (text: string) =>
      text
        .replace(/NUMBER\((kimage_voffset|PHYS_OFFSET)\)=0x([0-9a-f]+)/g, (_, name: string, hex: string) => {
          return `NUMBER(${name})=${BigInt.asIntN(64, BigInt(`0x${hex}`))}`;
        })
        .replace(/SYMBOL\(swapper_pg_dir\)=/, '$&0x')
        .replace(/TCR_EL1_T1SZ\)=0x10/, 'TCR_EL1_T1SZ)=16')
        .replaceAll('\n', '\r\n');
    for (const { map, options } of [named('4K/48 built for 52'), named('64K/48 built for 48')]) {
      const { map: read } = readBack(map, { ...options, vmcoreinfo: spell });
      expect(formatMap(read)).toBe(formatMap(map));
    }
  });

  it('may place the linear map below 0, as its randomisation did', () => {
    // The lowest leaf of RAM at 0 lies 3 GiB into the linear map.
    const shifted: LinearMap = {
      granule: 4096,
      vaBits: 48,
      rootLevel: 0,
      leaves: [{ level: 1, va: -(2 ** 48) + 4 * GiB, pa: GiB, count: 2, attributes: 0xe8000000000705n }],
      tables: [{ level: 0, va: -(2 ** 48), attributes: 0x1800000000000403n }],
    };
    for (const flavour of ['kcore', 'vmcore', 'tables'] as const) {
      const { map, facts } = readBack(shifted, { flavour, knownPa: false, tablesAt: 2 * GiB });
      expect(map).toEqual(shifted);
      expect(facts.physOffset).toBe(-3 * GiB);
    }
  });

  it('may be missing where the facts are given', () => {
    for (const { map, options } of cases) {
      const { granule, vaBits } = map;
      const file = coreFile(map, { ...options, flavour: 'qemu', vmcoreinfo: () => null });
      const given = { granule, vaBits, rootPa: file.rootPa };
      const { map: read, facts } = readImageSource(new SparseSource(file), given);
      expect(formatMap(read)).toBe(formatMap(map));
      expect(facts).toMatchObject({ kernel: null, physOffset: options.physOffset });
    }
  });

  it('may lie in the memory alone, with that of a kernel before it', () => {
    for (const { map, options } of cases) {
      const texts: string[] = [];
      const vmcoreinfo = (text: string) => {
        texts.push(text);
        return null;
      };
      const file = coreFile(map, { ...options, flavour: 'qemu', vmcoreinfo });
      const [text = ''] = texts;
      const stale = text.replace(/(swapper_pg_dir\)=.{8})/, '$1f');
      const page = (content: string) => Buffer.from(content.padEnd(4096, '\0'));
      // Between the image and the tables: nothing else is there.
      const at = (file.tables[0]?.offset ?? 0) + 8 * 65536;
      file.pieces.push({ offset: at, bytes: page(stale) }, { offset: at + 3 * 4096, bytes: page(text) });
      expect(formatMap(readImageSource(new SparseSource(file)).map)).toBe(formatMap(map));
    }
  });

  it('is asked for by what is missing', () => {
    const none = { ...smallOptions, vmcoreinfo: () => null };
    expect(() => readBack(small, none)).toThrow(
      'memory.elf: expected a VMCOREINFO note, or given instead: the granule (--granule), ' +
        "the VA bits in use (--va-bits), the root table's physical address (--root-pa); found none (QEMU",
    );
    expect(() => readBack(small, none, { granule: 4096, vaBits: 48 })).toThrow(
      "given instead: the root table's physical address (--root-pa); found none",
    );
    const partial = { ...smallOptions, vmcoreinfo: without('SYMBOL(swapper_pg_dir)') };
    expect(() => readBack(small, partial)).toThrow('(--root-pa); found one without');
  });

  it('is not needed to see that there are no tables where they are said to be', () => {
    const none = { ...smallOptions, flavour: 'qemu', vmcoreinfo: () => null } as const;
    const given = { granule: 4096, vaBits: 48, rootPa: (smallOptions.physOffset ?? 0) + 4096 } as const;
    expect(() => readBack(small, none, given)).toThrow(
      'memory.elf: expected the leaves of a linear map under the root table, found none',
    );
  });

  it('is not contradicted without a word', () => {
    expect(() => readBack(small, smallOptions, { granule: 65536 })).toThrow(
      'memory.elf: expected granule 65536 as given, found 4096 in the image',
    );
    expect(() => readBack(small, smallOptions, { vaBits: 52 })).toThrow(
      'expected VA bits 52 as given, found 48',
    );
  });

  it.each([
    ['PAGESIZE', '8192', 'expected PAGESIZE 4096, 16384, 65536 in VMCOREINFO, found 8192'],
    [
      'NUMBER(TCR_EL1_T1SZ)',
      '0x11',
      'expected VA bits that a kernel of 4K granule can use (39, 48, 52), found 47',
    ],
    [
      'NUMBER(TCR_EL1_T1SZ)',
      'many',
      'expected a number for VMCOREINFO\'s NUMBER(TCR_EL1_T1SZ), found "many"',
    ],
    ['SYMBOL(swapper_pg_dir)', 'ffff800012345000', 'expected the root table at'],
  ])('with %s=%s is refused', (key, value, message) => {
    expect(() => readBack(small, { ...smallOptions, vmcoreinfo: changed(key, value) })).toThrow(message);
  });
});
