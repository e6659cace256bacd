// Copies the page tables of an arm64 kernel's linear map out of /proc/kcore, or another ELF core, into a small one.
//
// usage: node table-reader.mjs SOURCE DEST
//
// Only pages that hold tables are read, each of them twice. Where the two readings differ, all begins again, TRIES
// times at most. Exit status: 0 two readings agree; 3 they never did, and DEST is the last; 1 it cannot be done.
// Addresses are signed numbers (VA - 2^64), exact to 2^53.
// @ts-nocheck It is read by whoever runs it as root: types would only be in the way.
// biome-ignore lint/style/useNodejsImportProtocol: unknown before Node 12.20
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'fs';

const TRIES = 10;
const [ET_CORE, EM_AARCH64, PT_LOAD, PT_NOTE, PN_XNUM] = [4, 183, 1, 4, 0xffff];

class Unusable extends Error {}

function need(condition, words) {
  if (!condition) throw new Unusable(words);
}

const signed = (word) => Number(BigInt.asIntN(64, word));
const unsigned = (value) => BigInt.asUintN(64, BigInt(value));
const hex = (value, digits = 1) => `0x${unsigned(value).toString(16).padStart(digits, '0')}`;
const roundUp = (value, unit) => Math.ceil(value / unit) * unit;

function read(file, at, size) {
  const bytes = Buffer.alloc(size);
  for (let done = 0, part = 0; done < size; done += part) {
    part = readSync(file, bytes, done, size - done, at + done);
    need(part > 0, `expected ${size} bytes at offset ${hex(at)}, found the end of the file`);
  }
  return bytes;
}

function readElf(file) {
  const head = read(file, 0, 64);
  need(head.toString('latin1', 0, 6) === '\x7fELF\x02\x01', 'expected a little-endian ELF64 core');
  const kind = [head.readUInt16LE(16), head.readUInt16LE(18)];
  need(kind[0] === ET_CORE && kind[1] === EM_AARCH64, 'expected a core of an arm64 machine');
  let count = head.readUInt16LE(56);
  if (count === PN_XNUM) count = read(file, Number(head.readBigUInt64LE(40)), 64).readUInt32LE(44);
  const headers = read(file, Number(head.readBigUInt64LE(32)), 56 * count);
  const loads = [];
  const notes = [];
  for (let at = 0; at < headers.length; at += 56) {
    const [offset, size] = [8, 32].map((field) => Number(headers.readBigUInt64LE(at + field)));
    const [va, pa] = [16, 24].map((field) => signed(headers.readBigUInt64LE(at + field)));
    // A physical address of all ones is not known.
    if (headers.readUInt32LE(at) === PT_LOAD) loads.push({ va, pa: pa === -1 ? Infinity : pa, offset, size });
    if (headers.readUInt32LE(at) === PT_NOTE) notes.push(read(file, offset, size), Buffer.alloc(-size & 3));
  }
  return { loads, notes: Buffer.concat(notes) };
}

function vmcoreinfo(notes) {
  for (let at = 0; at + 12 <= notes.length; ) {
    const [name, size] = [notes.readUInt32LE(at), notes.readUInt32LE(at + 4)];
    const text = at + 12 + roundUp(name, 4);
    if (notes.toString('latin1', at + 12, at + 12 + name).replace(/\0+$/, '') === 'VMCOREINFO') {
      return notes.toString('latin1', text, text + size).split('\n');
    }
    at = text + roundUp(size, 4);
  }
  throw new Unusable('expected a VMCOREINFO note (Linux has it in /proc/kcore since 4.19), found none');
}

function openImage(path) {
  const file = openSync(path, 'r');
  const { loads, notes } = readElf(file);
  const info = vmcoreinfo(notes);
  const number = (key, prefix = '') => {
    const line = info.find((one) => one.startsWith(`${key}=`));
    need(line, `expected ${key} in VMCOREINFO, found none`);
    const [, minus, digits] = /=(-?)(?:0x(?=.*))?(.*?)[\0\s]*$/.exec(line) || [];
    const value = BigInt((prefix || /=-?0x/.test(line || '') ? '0x' : '') + digits);
    return unsigned(minus ? -value : value);
  };
  const granule = Number(number('PAGESIZE'));
  need([4096, 16384, 65536].includes(granule), 'expected PAGESIZE 4096, 16384 or 65536');
  const built = Number(number('NUMBER(VA_BITS)'));
  const fewest = granule === 16384 ? 47 : 48;
  let bits = built;
  if (info.some((line) => line.startsWith('NUMBER(TCR_EL1_T1SZ)=')))
    bits = 64 - Number(number('NUMBER(TCR_EL1_T1SZ)'));
  else if (built === 52 && Math.min(...loads.map(({ va }) => va)) >= -(2 ** fewest)) bits = fewest; // before 5.11
  const lpa2 = bits === 52 && granule !== 65536;
  const indexBits = Math.log2(granule) - 3;
  const rootLevel = 4 - Math.floor((bits - 4) / indexBits);
  const size = (level) => 2 ** (indexBits * (4 - level) + 3);
  const start = -(2 ** bits);
  const end = -(2 ** ((bits < 52 ? bits : fewest) - 1));
  const lost = 2 ** built - 2 ** bits;
  // memstart_addr belongs to the PAGE_OFFSET that the kernel was built for (arm64_memblock_init()).
  const memstart = BigInt.asIntN(64, number('NUMBER(PHYS_OFFSET)'));
  const linear = start - Number(memstart < 0n ? memstart + BigInt(lost) : memstart);
  const rootWord = number('SYMBOL(swapper_pg_dir)', '0x');
  const root = { va: signed(rootWord), pa: signed(rootWord - number('NUMBER(kimage_voffset)')) };
  // 64K kernels of 52 bits on hardware of fewer run from near the end of the root (TTBR1_BADDR_4852_OFFSET).
  const rootShift = granule === 65536 ? (lost / size(rootLevel)) * 8 : 0;
  // A page by its physical address, else by its virtual one.
  const page = (pa, va) => {
    for (const [key, address] of [
      ['pa', pa],
      ['va', va],
    ]) {
      const load = loads.find((one) => one[key] <= address && address + granule <= one[key] + one.size);
      if (load) return read(file, load.offset + address - load[key], granule);
    }
    throw new Unusable(`expected a table at pa ${hex(pa)}, found no memory of the core there`);
  };
  const address = (word) => {
    if (granule === 65536) return Number((word & 0xffffffff0000n) | ((word & 0xf000n) << 36n));
    return Number((word & 0x3ffffffffffffn & BigInt(-granule)) | (lpa2 ? (word & 0x300n) << 42n : 0n));
  };
  return { notes, granule, rootLevel, root, rootShift, start, end, linear, size, page, address };
}

// One reading: every table, and their pages in the same order in the spool.
function walk(image, spool) {
  const { granule, end, linear, size } = image;
  const tables = new Map();
  const visit = (pa, va, level, start, shift) => {
    need(!tables.has(pa), `expected each table once, found pa ${hex(pa)} again`);
    const page = image.page(pa, va);
    writeSync(spool, page, 0, granule, tables.size * granule);
    tables.set(pa, { pa, va, level, start, index: tables.size });
    if (level === 3) return;
    for (let at = shift, from = start; at < granule && from < end; at += 8, from += size(level)) {
      if ((page[at] & 3) !== 3) continue;
      const below = image.address(page.readBigUInt64LE(at));
      visit(below, below + linear, level + 1, from, 0);
    }
  };
  visit(image.root.pa, image.root.va, image.rootLevel, image.start, image.rootShift);
  return [...tables.values()].sort((a, b) => a.pa - b.pa);
}

// The other reading, written as an ELF core. Returns what is not as in the spool.
function copy(image, tables, spool, dest) {
  const { granule, notes, size } = image;
  const runs = [];
  for (const { pa, va } of tables) {
    const last = runs[runs.length - 1];
    if (last && last.pa + last.size === pa && last.va + last.size === va) last.size += granule;
    else runs.push({ pa, va, size: granule });
  }
  const count = runs.length + 1;
  const many = count >= PN_XNUM; // then the count is in a section header
  const headersAt = many ? 128 : 64;
  const notesAt = headersAt + 56 * count;
  const head = Buffer.alloc(roundUp(notesAt + notes.length, granule));
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  const halves = [
    [16, ET_CORE],
    [18, EM_AARCH64],
    [20, 1],
    [52, 64],
    [54, 56],
    [56, many ? PN_XNUM : count],
    [58, 64],
    [60, Number(many)],
  ];
  for (const [at, value] of halves) head.writeUInt16LE(value, at);
  head.writeBigUInt64LE(BigInt(headersAt), 32);
  head.writeBigUInt64LE(many ? 64n : 0n, 40);
  if (many) head.writeUInt32LE(count, 64 + 44);
  let at = headersAt;
  const header = (kind, flags, words) => {
    head.writeUInt32LE(kind, at);
    head.writeUInt32LE(flags, at + 4);
    words.forEach((word, index) => {
      head.writeBigUInt64LE(unsigned(word), at + 8 + 8 * index);
    });
    at += 56;
  };
  header(PT_NOTE, 0, [notesAt, 0, 0, notes.length, 0, 0]);
  let offset = head.length;
  for (const run of runs) {
    header(PT_LOAD, 7, [offset, run.va, run.pa, run.size, run.size, granule]);
    offset += run.size;
  }
  notes.copy(head, notesAt);
  writeSync(dest, head, 0, head.length, 0);
  const moved = [];
  for (const [order, { pa, va, level, start, index }] of tables.entries()) {
    const page = image.page(pa, va);
    writeSync(dest, page, 0, granule, head.length + order * granule);
    const before = read(spool, index * granule, granule);
    for (let at = 0; at < granule && !before.equals(page); at += 8) {
      const [old, now] = [before, page].map((bytes) => bytes.readBigUInt64LE(at));
      const shift = level === image.rootLevel ? image.rootShift : 0;
      const served = start + ((at - shift) / 8) * size(level);
      if (old !== now)
        moved.push(`level ${level}, va ${hex(served)}: ${hex(old, 16)} became ${hex(now, 16)}`);
    }
  }
  return moved;
}

function main(source, dest) {
  const image = openImage(source);
  for (let left = TRIES - 1; ; left--) {
    const spool = openSync(`${dest}.part`, 'w+');
    const out = openSync(dest, 'w');
    try {
      const moved = copy(image, walk(image, spool), spool, out);
      if (moved.length === 0) return 0;
      if (left > 0) continue;
      for (const line of moved.slice(0, 20)) console.error(`moved: ${line}`);
      return 3;
    } catch (error) {
      // Perhaps of a table that was just being changed.
      if (error instanceof Unusable && left > 0) continue;
      unlinkSync(dest);
      throw error;
    } finally {
      closeSync(spool);
      closeSync(out);
      unlinkSync(`${dest}.part`);
    }
  }
}

const [source, dest] = process.argv.slice(2);
try {
  need(source && dest, 'expected SOURCE and DEST');
  process.exitCode = main(source, dest);
} catch (error) {
  console.error(`${source}: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
