// The ELF64 core format, as far as memory images use it: program headers and notes (System V gABI, core(5)).
import { formatAddress, fromWords } from '../../io/address.js';
import { InputError } from '../../io/input-error.js';
import { isFlattened } from './flattened.js';
import { type ImageSource, readExactly } from './image-source.js';

/** A stretch of memory in the file. */
export interface Load {
  offset: number;
  /** Bytes in the file; the rest up to `size` is zero. */
  fileBytes: number;
  size: number;
  /** Kernel VA of the first byte; null where there is none, or one that is no kernel's. */
  va: number | null;
  /** PA of the first byte; null where it is not known (all ones). */
  pa: number | null;
}

interface Note {
  name: string;
  type: number;
  description: Uint8Array;
}

export interface ElfCore {
  loads: Load[];
  notes: Note[];
}

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const SECTION_HEADER_BYTES = 64;
const ELFCLASS64 = 2;
const ELFDATA2LSB = 1;
const ET_CORE = 4;
const EM_AARCH64 = 183;
const PT_LOAD = 1;
const PT_NOTE = 4;
/** e_phnum where the count does not fit: it is sh_info of the first section header then. */
const PN_XNUM = 0xffff;
/** Cores that are cut down to table pages have a load for each run of them; a terabyte of pages has 500,000 tables. */
const MOST_HEADERS = 2 ** 24;
/** kdump has a note of some hundred bytes for each CPU. */
const MOST_NOTE_BYTES = 64 * 2 ** 20;

const TYPES: Readonly<Record<number, string>> = {
  1: 'an object file',
  2: 'an executable',
  3: 'a shared object',
};
const MACHINES: Readonly<Record<number, string>> = {
  3: 'x86',
  20: 'PowerPC',
  21: 'PowerPC 64',
  22: 's390',
  40: '32-bit Arm',
  62: 'x86-64',
  243: 'RISC-V',
  258: 'LoongArch',
};

/** Dumps of other formats by what they begin with, and how to come to an ELF core. */
const OTHER_DUMPS: readonly (readonly [magic: string, found: string])[] = [
  [
    'KDUMP   ',
    "makedumpfile's compressed format: dump as ELF (makedumpfile -E; QEMU's dump-guest-memory without -z, -l, -s)",
  ],
  ['DISKDUMP', 'the diskdump format: dump as ELF (makedumpfile -E)'],
  ['PAGEDU64', "Windows' crash dump format: use QEMU's dump-guest-memory without -w"],
];
const COMPRESSIONS: readonly (readonly [magic: string, found: string])[] = [
  ['\x89LZO', 'LZO compression: unpack it with lzop -d'],
  ['\x28\xb5\x2f\xfd', 'Zstandard compression: unpack it with zstd -d'],
  ['\xfd7zXZ', 'XZ compression: unpack it with xz -d'],
  ['BZh', 'bzip2 compression: unpack it with bzip2 -d'],
];

/** Whether a file that begins with `head` is for `readElfCore` to read, or to say why it cannot. */
export function looksLikeImage(head: Uint8Array): boolean {
  const text = latin1(head.subarray(0, 16));
  if (OTHER_DUMPS.some(([magic]) => text.startsWith(magic)) || isFlattened(head)) return true;
  return text.startsWith('\x7fELF') && (head[16] === ET_CORE || head[17] === ET_CORE);
}

/** @throws InputError where the file is no little-endian ELF64 core of an arm64 machine, or cut short. */
export function readElfCore(source: ImageSource): ElfCore {
  const head = readHeader(source);
  const headers = readProgramHeaders(source, head);
  const core: ElfCore = { loads: [], notes: [] };
  for (let at = 0; at < headers.byteLength; at += PROGRAM_HEADER_BYTES) {
    const type = headers.getUint32(at, true);
    const fileBytes = headers.getBigUint64(at + 32, true);
    // QEMU writes an offset of all ones for memory that it does not store.
    const offset = fileBytes === 0n ? 0n : headers.getBigUint64(at + 8, true);
    if (type !== PT_LOAD && type !== PT_NOTE) continue;
    if (offset + fileBytes > BigInt(Number.MAX_SAFE_INTEGER)) {
      const place = `offset 0x${offset.toString(16)} and size 0x${fileBytes.toString(16)}`;
      throw fault(source, `expected program headers of what is in the file, found ${place}`);
    }
    if (type === PT_NOTE) core.notes.push(...readNotes(source, Number(offset), Number(fileBytes)));
    else core.loads.push(loadOf(source, headers, at, Number(offset), Number(fileBytes)));
  }
  if (core.loads.length === 0) throw fault(source, 'expected memory in the core (PT_LOAD), found none');
  return core;
}

function readHeader(source: ImageSource): DataView {
  const head = new Uint8Array(HEADER_BYTES);
  const found = source.read(head, 0);
  const text = latin1(head.subarray(0, found));
  const foreign = [...OTHER_DUMPS, ...COMPRESSIONS].find(([magic]) => text.startsWith(magic));
  if (foreign) throw fault(source, `expected an ELF core, found ${foreign[1]}`);
  if (!text.startsWith('\x7fELF')) {
    const start = text.slice(0, 8).replace(/[^ -~]/g, '.');
    throw fault(
      source,
      found === 0 ? 'expected an ELF core, found an empty file' : `expected an ELF core, found "${start}"`,
    );
  }
  readExactly(source, head, 0, 'an ELF header');
  const view = new DataView(head.buffer);
  if (head[4] !== ELFCLASS64) throw fault(source, 'expected an ELF64 core, found one of 32 bits');
  if (head[5] !== ELFDATA2LSB)
    throw fault(source, 'expected a little-endian ELF core, found a big-endian one');
  const type = view.getUint16(16, true);
  if (type !== ET_CORE)
    throw fault(source, `expected an ELF core, found ${TYPES[type] ?? `ELF type ${type}`}`);
  const machine = view.getUint16(18, true);
  if (machine !== EM_AARCH64) {
    throw fault(
      source,
      `expected a core of an arm64 machine, found ${MACHINES[machine] ?? `ELF machine ${machine}`}`,
    );
  }
  const entry = view.getUint16(54, true);
  if (entry !== PROGRAM_HEADER_BYTES) {
    throw fault(source, `expected program headers of ${PROGRAM_HEADER_BYTES} bytes, found ${entry}`);
  }
  return view;
}

function readProgramHeaders(source: ImageSource, head: DataView): DataView {
  let count = head.getUint16(56, true);
  if (count === PN_XNUM) {
    const section = new Uint8Array(SECTION_HEADER_BYTES);
    const at = Number(head.getBigUint64(40, true));
    if (at === 0)
      throw fault(source, 'expected a section header with the number of program headers, found none');
    readExactly(source, section, inFile(source, at), 'a section header with the number of program headers');
    count = new DataView(section.buffer).getUint32(44, true);
  }
  const at = inFile(source, Number(head.getBigUint64(32, true)));
  const bytes = count * PROGRAM_HEADER_BYTES;
  if (count > MOST_HEADERS || (source.size !== null && at + bytes > source.size)) {
    throw fault(
      source,
      `expected program headers inside the file, found ${count} at offset 0x${at.toString(16)}`,
    );
  }
  const headers = new Uint8Array(bytes);
  readExactly(source, headers, at, 'program headers');
  return new DataView(headers.buffer);
}

function loadOf(source: ImageSource, headers: DataView, at: number, offset: number, fileBytes: number): Load {
  const size = Number(headers.getBigUint64(at + 40, true));
  const pa = headers.getBigUint64(at + 24, true);
  const load: Load = {
    offset,
    fileBytes,
    size: Math.max(size, fileBytes),
    va: kernelVa(headers.getUint32(at + 16, true), headers.getUint32(at + 20, true)),
    pa: pa < 2n ** 52n ? Number(pa) : null,
  };
  if (load.size > 2 ** 52)
    throw fault(source, `expected loads of at most 2^52 bytes, found 0x${size.toString(16)}`);
  return load;
}

function kernelVa(low: number, high: number): number | null {
  try {
    const va = fromWords(low, high);
    return va < 0 ? va : null;
  } catch {
    return null;
  }
}

/** Notes are padded to four bytes, name and description alike. */
function readNotes(source: ImageSource, at: number, size: number): Note[] {
  if (size > MOST_NOTE_BYTES || (source.size !== null && at + size > source.size)) {
    throw fault(source, `expected notes inside the file, found ${size} bytes at offset 0x${at.toString(16)}`);
  }
  const bytes = new Uint8Array(size);
  readExactly(source, bytes, at, 'notes');
  const view = new DataView(bytes.buffer);
  const notes: Note[] = [];
  for (let next = 0; next + 12 <= size; ) {
    const nameBytes = view.getUint32(next, true);
    const descriptionBytes = view.getUint32(next + 4, true);
    const description = next + 12 + padded(nameBytes);
    const end = description + descriptionBytes;
    if (end > size) {
      throw fault(
        source,
        `expected a whole note at offset 0x${(at + next).toString(16)}, found one that ends outside`,
      );
    }
    notes.push({
      name: latin1(bytes.subarray(next + 12, next + 12 + nameBytes)).replace(/\0.*$/s, ''),
      type: view.getUint32(next + 8, true),
      description: bytes.subarray(description, end),
    });
    next = description + padded(descriptionBytes);
  }
  return notes;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

function inFile(source: ImageSource, offset: number): number {
  if (Number.isSafeInteger(offset)) return offset;
  throw fault(source, `expected headers inside the file, found offset ${formatAddress(offset)}`);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function fault(source: ImageSource, detail: string): InputError {
  return new InputError(source.name, null, detail);
}
