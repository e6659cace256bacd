// The picture of a map as data: cells of equal size in rows, and what is said around them.
import type { LeafCounts } from '../../core/core.js';
import type { Address } from '../../io/address.js';
import { formatSize } from '../../io/size.js';
import { isReadOnly, isValid, type LeafBits } from '../../map/descriptor-fields.js';
import { type LeafRun, type LinearMap, levelSize, normalise, runEnd } from '../../map/linear-map.js';
import { leafSizeOf, noLeaves } from '../../map/summary.js';
import { LEAF_SIZES, type LeafSize, leafName } from '../leaf-size.js';
import { formatShare } from '../share.js';
import { type CellRun, cellRuns } from './cells.js';

/** Cells that follow each other and hold the same; bytes are those of one cell. */
export interface PictureCells {
  count: number;
  bytes: LeafCounts;
  readOnlyBytes: number;
  invalidBytes: number;
}

export interface PictureRow {
  va: Address;
  /** PA of the row's first byte, or what it would be were it mapped as the first that is; null where none can be told. */
  pa: number | null;
  /** Together `rowCells`; without bytes where nothing is mapped. */
  cells: PictureCells[];
  /** Bytes without anything mapped between the row before and this one, which are not drawn. */
  skippedBytes: number;
}

interface LegendEntry {
  size: LeafSize;
  name: string;
  bytes: number;
  /** `46.88 %` */
  share: string;
}

export interface MapPicture {
  /** What the picture shows, as one sentence. */
  title: string;
  caption: string;
  /** Powers of two. */
  cellBytes: number;
  rowCells: number;
  rows: PictureRow[];
  /** Only sizes that there are, largest first. */
  legend: LegendEntry[];
  readOnlyBytes: number;
  invalidBytes: number;
}

const PREFERRED_CELL = 2 ** 21;
const MOST_CELLS = 2 ** 16;
/** With fewer cells, smaller ones show more. */
const FEW_CELLS = 2 ** 8;

interface MapPictureOptions {
  /** Of the machine or file, for the caption. */
  name: string;
  /** Physical addresses are known. Default true. */
  showsPhysical?: boolean;
}

export function mapPicture(given: LinearMap, bits: LeafBits, options: MapPictureOptions): MapPicture {
  const { name, showsPhysical = true } = options;
  const map = normalise(given);
  const cellBytes = cellSize(map);
  const runs = cellRuns(map, cellBytes, bits);
  const rowCells = cellsInRow(map, cellBytes);
  const bytes = noLeaves();
  for (const run of map.leaves) bytes[leafSizeOf(run, bits.contiguous)] += bytesOf(run, map.granule);
  const total = LEAF_SIZES.reduce((sum, size) => sum + bytes[size], 0);
  const those = (test: (run: LeafRun) => boolean) =>
    map.leaves.filter(test).reduce((sum, run) => sum + bytesOf(run, map.granule), 0);
  return {
    title: titleOf(map.granule, bytes, total),
    caption: [
      name,
      `${map.granule / 1024}K granule, ${map.vaBits} VA bits`,
      `one cell is ${formatSize(cellBytes)}, one row ${formatSize(cellBytes * rowCells)}`,
    ].join('; '),
    cellBytes,
    rowCells,
    rows: rowsOf(runs, cellBytes, rowCells).map((row) => (showsPhysical ? row : { ...row, pa: null })),
    legend: LEAF_SIZES.filter((size) => bytes[size] > 0).map((size) => ({
      size,
      name: leafName(map.granule, size),
      bytes: bytes[size],
      share: formatShare(bytes[size], total),
    })),
    readOnlyBytes: those(({ attributes }) => isReadOnly(attributes, bits)),
    invalidBytes: those(({ attributes }) => !isValid(attributes, bits)),
  };
}

/** `97 % of 2 GiB is in 2M blocks and larger; 3.625 MiB in 4K pages`. */
function titleOf(granule: number, bytes: LeafCounts, total: number): string {
  if (total === 0) return 'Nothing is mapped';
  const only = LEAF_SIZES.find((size) => bytes[size] === total);
  if (only !== undefined) return `All of ${formatSize(total)} is in ${leavesInWords(granule, only)}`;
  const blocks = bytes.pud + bytes.pmdCont + bytes.pmd;
  const page = leavesInWords(granule, 'pte');
  const block = `${leavesInWords(granule, 'pmd')} and larger`;
  if (2 * blocks >= total) {
    const rest = bytes.pte > 0 ? `; ${formatSize(bytes.pte)} in ${page}` : '';
    return `${most(blocks, total)} is in ${block}${rest}`;
  }
  const largest = blocks > 0 ? `; ${formatSize(blocks)} in ${block}` : '';
  if (bytes.pte >= bytes.pteCont) return `${most(bytes.pte, total)} is in ${page}${largest}`;
  const group = leavesInWords(granule, 'pteCont');
  return `${most(bytes.pteCont, total)} is in ${group}${largest}`;
}

/** `2M blocks`, `32M contiguous blocks`, `4K pages`. */
function leavesInWords(granule: number, size: LeafSize): string {
  const name = leafName(granule, size);
  if (size === 'pmdCont') return `${name} blocks`;
  return size === 'pteCont' ? `${name} pages` : `${name}s`;
}

/** `97 % of 2 GiB`; where per cents say little, `All but 8 MiB of 2 GiB`. */
function most(part: number, total: number): string {
  if (part === total) return `All of ${formatSize(total)}`;
  const perCent = Math.round((100 * part) / total);
  if (perCent >= 99) return `All but ${formatSize(total - part)} of ${formatSize(total)}`;
  return `${perCent} % of ${formatSize(total)}`;
}

function bytesOf(run: LeafRun, granule: number): number {
  return run.count * levelSize(granule, run.level);
}

/** 2 MiB, or as much more as it takes to stay below the most cells, or as much less as it takes to show anything. */
function cellSize(map: LinearMap): number {
  let size = PREFERRED_CELL;
  while (cellsDrawn(map, size) > MOST_CELLS) size *= 2;
  while (size > map.granule && cellsDrawn(map, size) < FEW_CELLS) size /= 2;
  return size;
}

/** A power of two; wide enough that a picture is about twice as wide as it is high. */
function cellsInRow(map: LinearMap, cellBytes: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(2 * cellsTouched(map, cellBytes)) / 2);
  return Math.min(256, Math.max(32, wanted));
}

/** Cells of all rows that hold something: rows are drawn whole. */
function cellsDrawn(map: LinearMap, cellBytes: number): number {
  const rowCells = cellsInRow(map, cellBytes);
  return cellsTouched(map, cellBytes * rowCells) * rowCells;
}

function cellsTouched({ leaves, granule }: LinearMap, cellBytes: number): number {
  let cells = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const run of leaves) {
    const first = Math.max(last + 1, Math.floor(run.va / cellBytes));
    last = Math.max(last, Math.ceil(runEnd(run, granule) / cellBytes) - 1);
    cells += last - first + 1;
  }
  return Math.max(1, cells);
}

function rowsOf(runs: readonly CellRun[], cellBytes: number, rowCells: number): PictureRow[] {
  const rows: PictureRow[] = [];
  let index = 0;
  let filled = 0;
  const fillTo = (place: number): void => {
    if (place > filled) rows.at(-1)?.cells.push(hole(place - filled));
    filled = place;
  };
  for (const { first, count, offset, ...content } of runs) {
    for (let at = first; at < first + count; ) {
      const here = Math.floor(at / rowCells);
      if (rows.length === 0 || here !== index) {
        fillTo(rowCells);
        const va = here * rowCells * cellBytes;
        const skippedBytes = rows.length === 0 ? 0 : (here - index - 1) * rowCells * cellBytes;
        const pa = va + offset;
        rows.push({ va, pa: pa < 0 ? null : pa, cells: [], skippedBytes });
        [index, filled] = [here, 0];
      }
      const place = at - here * rowCells;
      const many = Math.min(first + count - at, rowCells - place);
      fillTo(place);
      rows.at(-1)?.cells.push({ count: many, ...content });
      filled = place + many;
      at += many;
    }
  }
  fillTo(rowCells);
  return rows;
}

function hole(count: number): PictureCells {
  return { count, bytes: noLeaves(), readOnlyBytes: 0, invalidBytes: 0 };
}
