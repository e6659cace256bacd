// /sys/kernel/debug/memblock/memory and reserved.
import { type PhysicalRange, parsePhysicalRange } from './physical-range.js';
import { badLine, emptyText, textLines } from './text-lines.js';

interface MemblockRegion extends PhysicalRange {
  line: number;
  /** Names joined with `|`; `NONE` for none, empty where the kernel prints none (before 6.8). */
  flags: string;
}

export interface Memblock {
  file: string;
  /** Ascending, without overlap. */
  regions: MemblockRegion[];
}

const LINE = /^\d+: 0x([0-9a-f]{1,16})\.\.0x([0-9a-f]{1,16})(?:\s+(?:\d+|x))?(?:\s+([A-Z_|]+))?$/i;

/** Reads a memblock file. @throws InputError naming the first line that is no region, or none above the one before. */
export function parseMemblock(text: string, file: string): Memblock {
  const regions: MemblockRegion[] = [];
  for (const line of textLines(text)) {
    const match = LINE.exec(line.text.trim());
    const range = match ? parsePhysicalRange(match[1] ?? '', match[2] ?? '') : null;
    if (!match || range === null) {
      throw badLine(file, line, 'a memblock region (   0: 0x0000000080000000..0x00000000ffffffff)');
    }
    const before = regions.at(-1);
    if (before && range.start < before.end) throw badLine(file, line, 'a region above the one before');
    regions.push({ ...range, line: line.number, flags: match[3] ?? '' });
  }
  if (regions.length === 0) throw emptyText(file, 'memblock regions');
  return { file, regions };
}
