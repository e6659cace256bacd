// /sys/kernel/debug/kernel_page_tables: ranges of entries that look alike.
// Format: note_page() and dump_prot() of arch/arm64/mm/ptdump.c. Columns are words that are there or not, so what
// mail does to spaces does no harm.
import { type Address, formatAddress, fromWords } from '../../io/address.js';
import { InputError } from '../../io/input-error.js';
import { badLine, emptyText, type TextLine, textLines, unwrapLines } from './text-lines.js';

export type PtdumpLevel = 'PGD' | 'P4D' | 'PUD' | 'PMD' | 'PTE';

/** What the columns say of every entry in a range. */
export interface PtdumpLeaf {
  valid: boolean;
  user: boolean;
  readOnly: boolean;
  /** PXN is clear. */
  executable: boolean;
  /** Both SH bits are set. */
  shareable: boolean;
  accessed: boolean;
  /** Bit 11: nG of a valid entry, present-invalid of one that is not. */
  nonGlobal: boolean;
  contiguous: boolean;
  block: boolean;
  /** UXN is clear. */
  userExecutable: boolean;
  guarded: boolean;
  /** Name of the memory type: `MEM/NORMAL-TAGGED`. Empty where the kernel has no name for it. */
  memory: string;
}

export interface PtdumpRange {
  line: number;
  start: Address;
  /** After the last byte; 0 at the top of the address space. */
  end: Address;
  level: PtdumpLevel;
  /** Null for entries that are zero. */
  leaf: Readonly<PtdumpLeaf> | null;
}

export interface Ptdump {
  file: string;
  /** Ascending, without overlap. */
  ranges: PtdumpRange[];
  /** Where the linear map starts and ends, by the markers; null where a marker or the line after it is missing. */
  linearStart: Address | null;
  linearEnd: Address | null;
  /** The kernel lists zero entries too. Those up to 5.5 print what is mapped only. */
  holes: boolean;
}

const RANGE = /^0x([0-9a-f]{16})-0x([0-9a-f]{16})\s+(\d{1,12})([KMGTPE])\s+(PGD|P4D|PUD|PMD|PTE)((?:\s.*)?)$/;
const MARKER = /^---\[ ?(.*?) ?\]---$/;
const LINE_START = /^\s*(?:0x[0-9a-f]|---\[)/;
const UNITS = 'KMGTPE';
const UNCLOSED =
  'expected a marker after the ranges of the linear map (---[ Linear Mapping end ]---), found the end of the file';
const EXPECTED = 'a line of kernel_page_tables (0xstart-0xend size level attributes, or ---[ marker ]---)';

/**
 * Reads kernel_page_tables, of the kernel (not of EFI's own tables).
 * @throws InputError naming the first line that is none: cut short, out of order, or of a size that is not its range's,
 *   after a line that is missing, or the last one where the linear map is not closed
 */
export function parsePtdump(text: string, file: string): Ptdump {
  const dump: Ptdump = { file, ranges: [], linearStart: null, linearEnd: null, holes: false };
  const known = new Map<string, PtdumpLeaf | null>();
  let marker: 'start' | 'end' | null = null;
  let open = false;
  let last = 1;
  for (const line of unwrapLines(textLines(text), LINE_START)) {
    if (line.text.startsWith('#')) continue;
    last = line.number;
    const name = MARKER.exec(line.text.trim())?.[1];
    if (name !== undefined) {
      // Up to 5.4 there was one marker, and modules or the KASAN shadow came first in the address space.
      const starts = /^Linear Mapping(?: start)?$/i.test(name);
      // Up to 5.3 the linear map is what comes last, and nothing ends it.
      open = starts && dump.ranges.length === 0;
      if (starts) marker = 'start';
      else if (dump.linearEnd === null && (dump.linearStart !== null || /^Linear Mapping end$/i.test(name))) {
        marker = 'end';
      }
      continue;
    }
    const range = parseRange(line, file, known);
    const before = dump.ranges.at(-1);
    if (before && (range.start < before.end || before.end === 0)) {
      throw badLine(file, line, `a range at or above ${formatAddress(before.end)}`);
    }
    if (marker === 'start') dump.linearStart ??= range.start;
    if (marker === 'end') dump.linearEnd ??= range.start;
    marker = null;
    if (range.leaf === null) dump.holes = true;
    dump.ranges.push(range);
  }
  if (dump.ranges.length === 0) throw emptyText(file, EXPECTED);
  // A dump of which only the beginning was kept looks like one of a smaller machine.
  if (open) throw new InputError(file, last, UNCLOSED);
  if (dump.holes) requireTiled(dump);
  return dump;
}

/** A kernel that lists what is empty leaves no address out. */
function requireTiled({ file, ranges, linearEnd }: Ptdump): void {
  for (const [index, { start, end, line }] of ranges.entries()) {
    const next = ranges[index + 1];
    if (next === undefined || next.start === end || (linearEnd !== null && start >= linearEnd)) continue;
    throw new InputError(
      file,
      next.line,
      `expected a range from ${formatAddress(end)}, where line ${line} ends, found one from ${formatAddress(next.start)}: a line is missing`,
    );
  }
}

function parseRange(line: TextLine, file: string, known: Map<string, PtdumpLeaf | null>): PtdumpRange {
  const match = RANGE.exec(line.text.trim());
  if (!match) throw badLine(file, line, EXPECTED);
  const [, startHex = '', endHex = '', size = '', unit = '', level = '', columns = ''] = match;
  const start = addressOf(startHex, line, file);
  // The kernel walks to ~0UL, which is where the last range may end.
  const lastByte = endHex === 'f'.repeat(16);
  const end = lastByte ? 0 : addressOf(endHex, line, file);
  if (end <= start) throw badLine(file, line, 'a range that ends after it starts');
  const kib = Math.floor((end - start - (lastByte ? 1 : 0)) / 1024);
  if (Number(size) * 1024 ** UNITS.indexOf(unit) !== kib) {
    throw badLine(file, line, `the size of its range, ${kib}K`);
  }
  // A dump has few different sets of attributes and many ranges.
  let leaf = known.get(columns);
  if (leaf === undefined) {
    leaf = parseLeaf(columns.trim(), line, file);
    known.set(columns, leaf);
  }
  return { line: line.number, start, end, level: level as PtdumpLevel, leaf };
}

/** Addresses of a dump of the kernel's tables are negative; 0 is the top of the address space. */
function addressOf(hex: string, line: TextLine, file: string): Address {
  const high = Number.parseInt(hex.slice(0, 8), 16);
  const low = Number.parseInt(hex.slice(8), 16);
  if (high >= KERNEL_HALF || (high === 0 && low === 0)) return fromWords(low, high);
  throw badLine(file, line, 'a kernel address, in the top 2^52 bytes');
}

/** Upper word of the lowest kernel address there is. */
const KERNEL_HALF = 0xfff00000;

const WORDS: Readonly<Record<string, (leaf: PtdumpLeaf) => void>> = {
  F: (leaf) => {
    leaf.valid = false;
  },
  USR: (leaf) => {
    leaf.user = true;
  },
  ro: (leaf) => {
    leaf.readOnly = true;
  },
  RW: () => {},
  NX: () => {},
  x: (leaf) => {
    leaf.executable = true;
  },
  SHD: (leaf) => {
    leaf.shareable = true;
  },
  AF: (leaf) => {
    leaf.accessed = true;
  },
  NG: (leaf) => {
    leaf.nonGlobal = true;
  },
  CON: (leaf) => {
    leaf.contiguous = true;
  },
  BLK: (leaf) => {
    leaf.block = true;
  },
  UXN: (leaf) => {
    leaf.userExecutable = false;
  },
  GP: (leaf) => {
    leaf.guarded = true;
  },
};
const ORDER = Object.keys(WORDS);
const MEMORY = /^(?:DEVICE|MEM)\/[\w-]+$/;

/** Columns come in one order, each at most once; the two that always say something must be there. */
function parseLeaf(columns: string, line: TextLine, file: string): PtdumpLeaf | null {
  if (columns === '') return null;
  const leaf: PtdumpLeaf = {
    valid: true,
    user: false,
    readOnly: false,
    executable: false,
    shareable: false,
    accessed: false,
    nonGlobal: false,
    contiguous: false,
    block: false,
    userExecutable: true,
    guarded: false,
    memory: '',
  };
  const words = columns.split(/\s+/);
  let position = -1;
  for (const word of words) {
    const at = ORDER.indexOf(word);
    if (leaf.memory === '' && MEMORY.test(word)) leaf.memory = word;
    else if (leaf.memory === '' && at > position) {
      WORDS[word]?.(leaf);
      position = at;
    } else
      throw badLine(file, line, 'attributes as the kernel prints them (RW NX SHD AF … MEM/NORMAL)', columns);
  }
  const writes = words.filter((word) => word === 'ro' || word === 'RW').length;
  const executes = words.filter((word) => word === 'NX' || word === 'x').length;
  if (writes !== 1 || executes !== 1)
    throw badLine(file, line, 'ro or RW, then NX or x, of mapped memory', columns);
  if (leaf.memory === '' || !KNOWN_MEMORY.has(leaf.memory)) {
    throw badLine(
      file,
      line,
      'a memory type (MEM/NORMAL, MEM/NORMAL-TAGGED, …) at the end of the line',
      columns,
    );
  }
  return leaf;
}

/** Every name a kernel from 3.19 to 7.2 has printed. */
const KNOWN_MEMORY: ReadonlySet<string> = new Set([
  'DEVICE/nGnRnE',
  'DEVICE/nGnRE',
  'DEVICE/GRE',
  'MEM/NORMAL-NC',
  'MEM/NORMAL-WT',
  'MEM/NORMAL',
  'MEM/NORMAL-TAGGED',
]);
