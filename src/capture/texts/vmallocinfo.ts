// /proc/vmallocinfo: the areas of the vmalloc range. The kernel hides their addresses from most readers.
import { type Address, fromWords } from '../../io/address.js';
import { badLine, emptyText, type TextLine, textLines, unwrapLines } from './text-lines.js';

interface VmallocArea {
  line: number;
  /** Null where the kernel printed zeros or a hash in its place (kptr_restrict). */
  start: Address | null;
  /** With the guard page, where there is one. */
  size: number;
  /** Function that made it, without offset; empty where none is named. */
  caller: string;
  pages: number | null;
  /** Physical address of what is mapped, for areas that are not made of pages. */
  phys: number | null;
  /** The words at the end: vmalloc, vmap, ioremap, user and so on. */
  words: readonly string[];
}

export interface Vmallocinfo {
  file: string;
  areas: VmallocArea[];
}

const LINE = /^(?:0x)?([0-9a-f]{8,16})-(?:0x)?([0-9a-f]{8,16})\s+(\d+)((?:\s.*)?)$/i;

/** Reads /proc/vmallocinfo. @throws InputError naming the first line that is no area. */
export function parseVmallocinfo(text: string, file: string): Vmallocinfo {
  const lines = unwrapLines(textLines(text), /^\s*(?:0x)?[0-9a-f]{8,16}-(?:0x)?[0-9a-f]/i);
  const areas = lines.map((line) => parseArea(line, file));
  if (areas.length === 0) throw emptyText(file, 'the areas of /proc/vmallocinfo');
  return { file, areas };
}

function parseArea(line: TextLine, file: string): VmallocArea {
  const match = LINE.exec(line.text.trim());
  const size = Number(match?.[3]);
  if (!match || !Number.isSafeInteger(size) || size === 0) {
    throw badLine(file, line, 'an area of /proc/vmallocinfo (0xstart-0xend size caller …)');
  }
  const words = (match[4] ?? '')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  return {
    line: line.number,
    start: startOf(match[1] ?? '', match[2] ?? '', size),
    size,
    caller: callerOf(words),
    pages: numberAfter(words, 'pages='),
    phys: numberAfter(words, 'phys='),
    words: words.filter((word) => /^[a-z-]+$/i.test(word)),
  };
}

/** Two hashes or two zeros do not differ by the size. */
function startOf(start: string, end: string, size: number): Address | null {
  const from = kernelAddress(start);
  const to = kernelAddress(end);
  return from !== null && to !== null && to - from === size ? from : null;
}

function kernelAddress(hex: string): Address | null {
  return /^fff[0-9a-f]{13}$/i.test(hex)
    ? fromWords(Number.parseInt(hex.slice(8), 16), Number.parseInt(hex.slice(0, 8), 16))
    : null;
}

function callerOf(words: readonly string[]): string {
  const [first = ''] = words;
  return /^[\w.$]+\+0x/.test(first) ? first.slice(0, first.indexOf('+')) : '';
}

function numberAfter(words: readonly string[], name: string): number | null {
  const text = words.find((word) => word.startsWith(name))?.slice(name.length) ?? '';
  const value = /^(?:0x[0-9a-f]{1,16}|\d{1,15})$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}
