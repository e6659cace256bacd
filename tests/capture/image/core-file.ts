/**
 * ELF cores of a kernel that has a given linear map, in the layouts that real programs write.
 *
 * The other way round from what is tested, and by other means: descriptors come from tests/model.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { type LinearMap, levelSize } from '../../../src/map/linear-map.js';
import { GiB, KiB, MiB } from '../../core/sizes.js';
import { alignUp, type Geometry, geometryOf } from '../../model/geometry.js';
import { note, PN_XNUM, PT_LOAD, PT_NOTE, word, writeElfHeader, writeProgramHeader } from './elf-bytes.js';
import { randomFrom, shuffle } from './shuffle.js';
import { TablePages } from './table-pages.js';

/**
 * - `kcore`: whole regions by VA, vmalloc without physical addresses; the kernel image lies in it.
 * - `vmcore`: the kernel image, then a load for each bank of RAM, all with both addresses.
 * - `qemu`: dump-guest-memory: banks by physical address alone.
 * - `qemu-paging`: dump-guest-memory -p: a load for each mapping, file order shuffled.
 * - `tables`: cut down to page tables, as the captures that come with the project.
 */
export const FLAVOURS = ['kcore', 'vmcore', 'qemu', 'qemu-paging', 'tables'] as const;
export type CoreFlavour = (typeof FLAVOURS)[number];

export interface CoreFileOptions {
  /** Default `kcore`. */
  flavour?: CoreFlavour;
  /** VA bits that the kernel was built for. Default: those of the map. */
  vaBitsBuild?: number;
  /** PA mapped at PAGE_OFFSET; may be negative, as with a randomised linear map. Default: that of the first leaf. */
  physOffset?: number;
  /** Bytes by which KASLR moves the kernel image. Default 0. */
  kernelOffset?: number;
  /** Scatters the tables. */
  seed?: number;
  /** PA from which on tables lie. Default 64 MiB above physOffset. */
  tablesAt?: number;
  /** Whether loads of `kcore` that hold RAM have their physical addresses. Default true; false: all ones. */
  knownPa?: boolean;
  /** The VMCOREINFO text as it is to be; null for a core without it. Default: unchanged. */
  vmcoreinfo?: (text: string) => string | null;
  /** Program headers beyond those needed; from 65535 in all the count moves to a section header (PN_XNUM). */
  extraHeaders?: number;
}

export interface CoreFile {
  /** Bytes in all. */
  size: number;
  /** What is not zero, or is a table, ascending by offset. */
  pieces: { offset: number; bytes: Uint8Array }[];
  /** The root first, then in the order of `map.tables`. `level` is that of the entries, `va` what the first serves. */
  tables: { level: number; va: number; pa: number; offset: number }[];
  rootPa: number;
  rootVa: number;
  physOffset: number;
}

interface Load {
  /** null: zero in the header. */
  va: number | null;
  /** null: all ones in the header. */
  pa: number | null;
  /** The physical memory that it holds; null for nothing but zeros. */
  holds: number | null;
  size: number;
}

const UNKNOWN = 0xffff_ffff_ffff_ffffn;
const IMAGE_BYTES = 32 * MiB;
const ROOT_IN_IMAGE = 20 * MiB;

/** The core of a kernel whose linear map is `map`, which must be well formed. */
export function coreFile(map: LinearMap, options: CoreFileOptions = {}): CoreFile {
  const built = new Builder(map, options);
  return built.file();
}

/** All bytes, for small files. */
export function bytesOf(file: CoreFile): Buffer {
  const bytes = Buffer.alloc(file.size);
  for (const piece of file.pieces) bytes.set(piece.bytes, piece.offset);
  return bytes;
}

/** Writes the file with holes where nothing is. */
export function writeCoreFile(path: string, file: CoreFile): void {
  const target = openSync(path, 'w');
  try {
    ftruncateSync(target, file.size);
    for (const { offset, bytes } of file.pieces) writeSync(target, bytes, 0, bytes.length, offset);
  } finally {
    closeSync(target);
  }
}

class Builder {
  readonly #map: LinearMap;
  readonly #options: CoreFileOptions;
  readonly #geometry: Geometry;
  readonly #vaBitsBuild: number;
  readonly #physOffset: number;
  readonly #imagePa: number;
  readonly #imageVa: number;
  readonly #rootShift: number;
  readonly #random: () => number;
  readonly #pages: TablePages;

  constructor(map: LinearMap, options: CoreFileOptions) {
    const { granule, vaBits } = map;
    this.#map = map;
    this.#options = options;
    this.#geometry = geometryOf(granule, vaBits, vaBits === 52 && granule !== 65536);
    this.#vaBitsBuild = options.vaBitsBuild ?? vaBits;
    const [first] = map.leaves;
    this.#physOffset = options.physOffset ?? (first ? first.pa - first.va + this.#geometry.pageOffset : GiB);
    this.#imagePa = alignUp(Math.max(0, this.#physOffset) + 2 * MiB, 64 * KiB);
    this.#imageVa = this.#geometry.pageEnd + 2 * GiB + (options.kernelOffset ?? 0);
    this.#random = randomFrom(options.seed ?? 1);
    // 64K tables of 52 bits run from near their end on hardware of 48 bits (TTBR1_BADDR_4852_OFFSET).
    const lost = granule === 65536 ? 2 ** this.#vaBitsBuild - 2 ** vaBits : 0;
    this.#rootShift = (lost / levelSize(granule, map.rootLevel)) * 8;
    const rootPa = this.#imagePa + ROOT_IN_IMAGE;
    const tablesAt = options.tablesAt ?? Math.max(0, this.#physOffset) + 64 * MiB;
    this.#pages = new TablePages(map, this.#geometry, this.#rootShift, rootPa, tablesAt, this.#random);
  }

  file(): CoreFile {
    const loads = this.#loads();
    const notes = this.#notes();
    const headers = loads.length + 1;
    const counted = headers < PN_XNUM;
    const sectionAt = counted ? 0 : 64;
    const headersAt = counted ? 64 : 128;
    const notesAt = headersAt + 56 * headers;
    let offset = alignUp(notesAt + notes.length, 64 * KiB);
    const placed = loads.map((load) => {
      const at = offset;
      offset += load.size;
      return { ...load, offset: at };
    });
    if (this.#flavour.startsWith('qemu')) this.#shuffleOffsets(placed);
    const head = Buffer.alloc(notesAt + notes.length);
    writeElfHeader(head, counted ? headers : PN_XNUM, headersAt, sectionAt);
    if (!counted) head.writeUInt32LE(headers, sectionAt + 44);
    writeProgramHeader(head, headersAt, PT_NOTE, notesAt, 0n, 0n, notes.length);
    for (const [index, { va, pa, offset, size }] of placed.entries()) {
      const at = headersAt + 56 * (index + 1);
      writeProgramHeader(head, at, PT_LOAD, offset, word(va ?? 0), pa === null ? UNKNOWN : word(pa), size);
    }
    head.set(notes, notesAt);
    const { all } = this.#pages;
    const pieces = [{ offset: 0, bytes: head as Uint8Array }];
    const { granule } = this.#map;
    const offsets = new Map<number, number>();
    for (const { holds, offset: at, size } of placed) {
      if (holds === null) continue;
      for (const { pa, words } of all) {
        // Loads end where they like, in the middle of a table too.
        const from = Math.max(pa, holds);
        const to = Math.min(pa + granule, holds + size);
        if (from >= to) continue;
        if (from === pa && !offsets.has(pa)) offsets.set(pa, at + pa - holds);
        pieces.push({ offset: at + from - holds, bytes: new Uint8Array(words.buffer, from - pa, to - from) });
      }
    }
    pieces.sort((a, b) => a.offset - b.offset);
    return {
      size: offset,
      pieces,
      tables: all.map(({ level, va, pa }) => ({ level, va, pa, offset: offsets.get(pa) ?? -1 })),
      rootPa: this.#imagePa + ROOT_IN_IMAGE + this.#rootShift,
      rootVa: this.#imageVa + ROOT_IN_IMAGE,
      physOffset: this.#physOffset,
    };
  }

  get #flavour(): CoreFlavour {
    return this.#options.flavour ?? 'kcore';
  }

  #linearVa(pa: number): number {
    return pa - this.#physOffset + this.#geometry.pageOffset;
  }

  #loads(): Load[] {
    const image = { va: this.#imageVa, pa: this.#imagePa, holds: this.#imagePa, size: IMAGE_BYTES };
    const imageBank = { start: Math.max(0, this.#physOffset), end: this.#imagePa + IMAGE_BYTES };
    const banks = [imageBank, ...this.#pages.banks].map(
      ({ start, end }): Load => ({ va: this.#linearVa(start), pa: start, holds: start, size: end - start }),
    );
    const extra = Array.from(
      { length: this.#options.extraHeaders ?? 0 },
      (_, i): Load => ({ va: null, pa: 2 ** 46 + i * 65536, holds: null, size: 0 }),
    );
    switch (this.#flavour) {
      case 'kcore': {
        const vmemmap: Load = { va: -(2 ** 36), pa: null, holds: null, size: 64 * KiB };
        const known = (load: Load): Load => (this.#options.knownPa === false ? { ...load, pa: null } : load);
        return [{ ...image, pa: null }, vmemmap, ...banks.map(known), ...extra];
      }
      case 'vmcore':
        return [image, ...banks, ...extra];
      case 'qemu':
        return [...banks.map((bank) => ({ ...bank, va: null })), ...extra];
      case 'qemu-paging':
        return [...banks.flatMap((bank) => this.#cut(bank)), image, ...extra];
      case 'tables':
        return [...this.#tableRuns(), ...extra];
    }
  }

  /** One load in several, cut at pages of 4 KiB. */
  #cut(load: Load): Load[] {
    const pages = load.size / (4 * KiB);
    const cuts = [0, ...Array.from({ length: 3 }, () => Math.floor(this.#random() * pages)), pages].sort(
      (a, b) => a - b,
    );
    return cuts.slice(1).flatMap((end, index) => {
      const from = (cuts[index] ?? 0) * 4 * KiB;
      const size = end * 4 * KiB - from;
      const moved = (address: number | null) => (address === null ? null : address + from);
      return size === 0 ? [] : [{ va: moved(load.va), pa: moved(load.pa), holds: moved(load.holds), size }];
    });
  }

  #tableRuns(): Load[] {
    const { granule } = this.#map;
    const runs: Load[] = [];
    const [root, ...tables] = this.#pages.all;
    for (const { pa } of tables.sort((a, b) => a.pa - b.pa)) {
      const last = runs.at(-1);
      if (last?.holds !== undefined && last.holds !== null && last.holds + last.size === pa)
        last.size += granule;
      else runs.push({ va: this.#linearVa(pa), pa, holds: pa, size: granule });
    }
    const pa = root?.pa ?? 0;
    return [...runs, { va: this.#imageVa + ROOT_IN_IMAGE, pa, holds: pa, size: granule }];
  }

  #shuffleOffsets(placed: { size: number; offset: number }[]): void {
    let offset = Math.min(...placed.map((load) => load.offset));
    const order = [...placed];
    shuffle(order, this.#random);
    for (const load of order) {
      load.offset = offset;
      offset += load.size;
    }
  }

  #notes(): Buffer {
    const text = (this.#options.vmcoreinfo ?? ((same) => same))(this.#vmcoreinfo());
    const junk = (size: number) =>
      Buffer.from(Array.from({ length: size }, () => Math.floor(this.#random() * 256)));
    return Buffer.concat([
      note('CORE', 1, junk(0x188)),
      note('CORE', 3, junk(0x8d)),
      note('', 0, junk(3)),
      ...(text === null ? [] : [note('VMCOREINFO', 0, Buffer.from(text))]),
      note('QEMU', 0, junk(40)),
    ]);
  }

  #vmcoreinfo(): string {
    const { granule, vaBits } = this.#map;
    const { pageOffset } = this.#geometry;
    const hex = (value: number) => word(value).toString(16);
    // On hardware of fewer bits memstart_addr is lowered by what PAGE_OFFSET moves up by (arm64_memblock_init()).
    const memstart = this.#physOffset - (pageOffset + 2 ** this.#vaBitsBuild);
    return [
      'OSRELEASE=7.2.13-test',
      'BUILD-ID=dc3a554f8cb0e0865c7eec3c001a6a80da4a3b7a',
      `PAGESIZE=${granule}`,
      `SYMBOL(init_uts_ns)=${hex(this.#imageVa + 0x1234)}`,
      `SYMBOL(swapper_pg_dir)=${hex(this.#imageVa + ROOT_IN_IMAGE)}`,
      `SYMBOL(_stext)=${hex(this.#imageVa + 0x10000)}`,
      'SIZE(page)=64',
      'NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376',
      `NUMBER(VA_BITS)=${this.#vaBitsBuild}`,
      `NUMBER(kimage_voffset)=0x${hex(this.#imageVa - this.#imagePa)}`,
      `NUMBER(PHYS_OFFSET)=0x${hex(memstart)}`,
      `NUMBER(TCR_EL1_T1SZ)=0x${(64 - vaBits).toString(16)}`,
      `KERNELOFFSET=${(this.#options.kernelOffset ?? 0).toString(16)}`,
      '',
    ].join('\n');
  }
}
