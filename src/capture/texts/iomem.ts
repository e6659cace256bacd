// /proc/iomem: who owns which physical addresses.
import { InputError } from '../../io/input-error.js';
import { type PhysicalRange, parsePhysicalRange } from './physical-range.js';
import { badLine, emptyText, type TextLine, textLines } from './text-lines.js';

interface IomemRegion extends PhysicalRange {
  line: number;
  name: string;
  /** Regions inside this one, ascending. */
  children: IomemRegion[];
}

export interface Iomem {
  file: string;
  /** Outermost regions, ascending. */
  regions: IomemRegion[];
}

const LINE = /^( *)([0-9a-f]{4,16})-([0-9a-f]{4,16}) :(?: (.*))?$/;
const EXPECTED = 'a range of /proc/iomem (00000000-0000ffff : name)';

/**
 * Reads /proc/iomem. Regions beyond 52 bits of address, which are never memory, are left out.
 * @throws InputError naming the first line that is none, or saying that it was read without the right to see it
 */
export function parseIomem(text: string, file: string): Iomem {
  const regions: IomemRegion[] = [];
  const open: { indent: number; region: IomemRegion }[] = [];
  let lines = 0;
  let zeros = 0;
  for (const line of textLines(text)) {
    const match = LINE.exec(line.text);
    if (!match) throw badLine(file, line, EXPECTED);
    const [, indent = '', start = '', last = '', name = ''] = match;
    lines++;
    if (isZero(start) && isZero(last)) {
      zeros++;
      continue;
    }
    const region = regionOf(line, start, last, name.trim(), file);
    if (region === null) continue;
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent.length) open.pop();
    const parent = open.at(-1)?.region;
    if (parent && (region.start < parent.start || region.end > parent.end)) {
      throw badLine(file, line, `a range inside "${parent.name}" of line ${parent.line}`);
    }
    const siblings = parent?.children ?? regions;
    requireAbove(siblings.at(-1), region, line, file);
    siblings.push(region);
    open.push({ indent: indent.length, region });
  }
  if (lines === 0) throw emptyText(file, EXPECTED);
  if (zeros > 0 && zeros === lines) {
    throw new InputError(
      file,
      1,
      'expected physical addresses, found zeros: /proc/iomem shows them to CAP_SYS_ADMIN only (sudo cat /proc/iomem)',
    );
  }
  return { file, regions };
}

/** The kernel's tree of resources has neighbours in order and apart. What is memory, and what of it is not mapped, matters here. */
function requireAbove(
  before: IomemRegion | undefined,
  region: IomemRegion,
  line: TextLine,
  file: string,
): void {
  if (before === undefined || region.start >= before.end) return;
  const matters = [before, region].some(({ name }) => isSystemRam(name) || name === 'reserved');
  if (!matters) return;
  throw badLine(file, line, `a range above "${before.name}" of line ${before.line}, or indented below it`);
}

function regionOf(
  line: TextLine,
  start: string,
  last: string,
  name: string,
  file: string,
): IomemRegion | null {
  if (last.padStart(16, '0') < start.padStart(16, '0')) {
    throw badLine(file, line, 'a range that ends after it starts');
  }
  const range = parsePhysicalRange(start, last);
  if (range) return { ...range, line: line.number, name, children: [] };
  if (isSystemRam(name)) throw badLine(file, line, 'memory below 2^52');
  return null;
}

/** `System RAM`, and what drivers added while the system ran: `System RAM (kmem)`, `System RAM (virtio_mem)`. */
export function isSystemRam(name: string): boolean {
  return /^System RAM(?: \(.*\))?$/.test(name);
}

/** Every region, parents before children. */
export function* iomemRegions(regions: readonly IomemRegion[]): Generator<IomemRegion> {
  for (const region of regions) {
    yield region;
    yield* iomemRegions(region.children);
  }
}

function isZero(hex: string): boolean {
  return /^0+$/.test(hex);
}
