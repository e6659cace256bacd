/** kernel_page_tables as Linux 7.2 prints it: entries that look alike are one line, across whatever they map. */
import { type Address, formatAddress } from '../../../src/io/address.js';
import { pageEndOf } from '../../../src/machine/va-layout.js';
import { type LeafRun, type LinearMap, levelSize, runEnd } from '../../../src/map/linear-map.js';

interface Entry {
  start: Address;
  end: Address;
  level: string;
  /** Columns of a leaf; null for entries that are zero. */
  columns: string | null;
}

const bit = (n: number): bigint => 1n << BigInt(n);

/** pte_bits[] of arch/arm64/mm/ptdump.c: what a bit prints set, and clear. */
const COLUMNS: readonly (readonly [mask: bigint, value: bigint, set: string, clear: string])[] = [
  [bit(0), bit(0), ' ', 'F'],
  [bit(6), bit(6), 'USR', '   '],
  [bit(7), bit(7), 'ro', 'RW'],
  [bit(53), bit(53), 'NX', 'x '],
  [bit(8) | bit(9), bit(8) | bit(9), 'SHD', '   '],
  [bit(10), bit(10), 'AF', '  '],
  [bit(11), bit(11), 'NG', '  '],
  [bit(52), bit(52), 'CON', '   '],
  [3n, 1n, 'BLK', '   '],
  [bit(54), bit(54), 'UXN', '   '],
  [bit(50), bit(50), 'GP', '  '],
];
const MEMORY = ['MEM/NORMAL', 'MEM/NORMAL-TAGGED', 'MEM/NORMAL-NC', 'DEVICE/nGnRnE', 'DEVICE/nGnRE'];

function columnsOf({ attributes }: LeafRun): string {
  const memory = MEMORY[Number((attributes >> 2n) & 7n)] ?? '';
  const columns = COLUMNS.map(([mask, value, set, clear]) => ((attributes & mask) === value ? set : clear));
  return [...columns, memory].map((text) => ` ${text}`).join('');
}

export interface PtdumpStyle {
  /** Zero entries are printed (since 5.6). Default true. */
  holes?: boolean;
  /** Marker lines. Default true. */
  markers?: boolean;
}

/**
 * The linear map's part of the file, with its markers.
 * @param pageEnd where the linear map ends; as the kernel lays it out where left out
 */
export function formatPtdump(map: LinearMap, style: PtdumpStyle = {}, pageEnd?: Address): string {
  const start = -(2 ** map.vaBits);
  const end = pageEnd ?? pageEndOf(map.granule, map.vaBits);
  const lines = merge(entriesOf(map, map.rootLevel, start, end))
    .filter(({ columns }) => columns !== null || style.holes !== false)
    .map(line);
  const body =
    style.markers === false
      ? lines
      : ['---[ Linear Mapping start ]---', ...lines, '---[ Linear Mapping end ]---'];
  return `${body.join('\n')}\n`;
}

function line({ start, end, level, columns }: Entry): string {
  const units = 'KMGTPE';
  let size = (end - start) / 1024;
  let unit = 0;
  while (size % 1024 === 0 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  const range = `${formatAddress(start)}-${end === 0 ? `0x${'0'.repeat(16)}` : formatAddress(end)}`;
  return `${range}   ${String(size).padStart(9)}${units[unit]} ${level}${columns ?? ''}`;
}

/** Entries of the table that serves [from, to), those of the tables below it in their place; ascending. */
function entriesOf(map: LinearMap, level: number, from: Address, to: Address): Entry[] {
  const size = levelSize(map.granule, level);
  const inside = (va: Address): boolean => va >= from && va < to;
  // A run may go on in the next table.
  const leaves = map.leaves
    .filter((run) => run.level === level && run.va < to && runEnd(run, map.granule) > from)
    .map((run) => ({ run, va: Math.max(run.va, from), end: Math.min(runEnd(run, map.granule), to) }));
  const tables = new Set(
    map.tables.filter((table) => table.level === level && inside(table.va)).map(({ va }) => va),
  );
  // The kernel's image hangs off the root entry that its linear map shares with it, so there is a table.
  const lastRoot = Math.floor((to - 1) / size) * size;
  if (level === map.rootLevel && lastRoot + size > to) tables.add(lastRoot);
  const parts = [
    ...leaves.map(({ run, va, end }) => ({ va, end, entries: [leafEntry(map, run, va, end)] })),
    ...[...tables].map((va) => ({
      va,
      end: Math.min(va + size, to),
      entries: entriesOf(map, level + 1, Math.max(va, from), Math.min(va + size, to)),
    })),
  ].sort((a, b) => a.va - b.va);
  const hole = (start: Address, end: Address): Entry[] =>
    end > start ? [{ start, end, level: nameOf(map, level, false), columns: null }] : [];
  let at = from;
  const entries = parts.flatMap((part) => {
    const before = hole(at, part.va);
    at = part.end;
    return [...before, ...part.entries];
  });
  return [...entries, ...hole(at, to)];
}

function leafEntry(map: LinearMap, run: LeafRun, start: Address, end: Address): Entry {
  return { start, end, level: nameOf(map, run.level, true), columns: columnsOf(run) };
}

/** P4D and PUD print as PGD where they are folded; PMD does so for zero entries, but not for blocks. */
function nameOf({ rootLevel }: LinearMap, level: number, leaf: boolean): string {
  if (level === rootLevel && !(level === 2 && leaf)) return 'PGD';
  return ['P4D', 'PUD', 'PMD', 'PTE'][level] ?? 'PGD';
}

function merge(entries: readonly Entry[]): Entry[] {
  const merged: Entry[] = [];
  for (const entry of entries) {
    const last = merged.at(-1);
    if (last && last.level === entry.level && last.columns === entry.columns) last.end = entry.end;
    else merged.push({ ...entry });
  }
  return merged;
}
