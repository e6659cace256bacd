// Where everything of a map's picture goes.
import { formatAddress } from '../../io/address.js';
import { formatSize } from '../../io/size.js';
import { INK, LEAF_COLOURS, QUIET_INK } from '../charts/palette.js';
import { LEAF_SIZES, type LeafSize } from '../leaf-size.js';
import { formatUnit } from '../number.js';
import { wrap } from '../table.js';
import type { Drawing, Lines, Shape, Text } from './drawing.js';
import type { MapPicture, PictureCells, PictureRow } from './map-picture.js';

const MARGIN = 24;
const LABELS = 158;
const CELLS_WIDTH = 1024;
const LARGEST_CELL = 24;
const TITLE = 21;
const SMALL = 13;
/** Between a row and the label of another. */
const LABEL_STEP = 17;
const GAP = 22;
const LEGEND_COLUMN = 318;
const LEGEND_LINE = 24;
const PAPER = '#ffffff';
const HOLE = '#ececec';
/** What a mark on each colour is drawn in, so that it shows. */
const MARKS: Readonly<Record<LeafSize, string>> = {
  pud: PAPER,
  pmdCont: PAPER,
  pmd: INK,
  pteCont: INK,
  pte: PAPER,
};

/** A block of cells is one rectangle a run, under a grid of paper; marks lie on top. */
export function drawMap(picture: MapPicture): Drawing {
  const cell = Math.min(LARGEST_CELL, Math.floor(CELLS_WIDTH / picture.rowCells));
  const cellsWidth = cell * picture.rowCells;
  const width = MARGIN + LABELS + Math.max(cellsWidth, 640) + LABELS + MARGIN;
  const shapes: Shape[] = [];
  let y = drawHead(shapes, picture, width);
  y = drawLegend(shapes, picture, y, width) + 20;
  const x = MARGIN + LABELS;
  drawHeadings(shapes, picture, { x, y, cell });
  y = drawRows(shapes, picture, { x, y: y + 10, cell });
  const height = Math.ceil(y + MARGIN);
  return { width, height, shapes: [{ kind: 'rect', x: 0, y: 0, width, height, fill: PAPER }, ...shapes] };
}

function drawHead(shapes: Shape[], { title, caption }: MapPicture, width: number): number {
  let y = MARGIN + TITLE;
  // Of DejaVu Sans a letter is about 0.62 em wide on average, 0.69 em where it is bold.
  for (const line of wrap(title, Math.floor((width - 2 * MARGIN) / (0.69 * TITLE)))) {
    shapes.push(text(MARGIN, y, line, { size: TITLE, bold: true }));
    y += TITLE * 1.3;
  }
  for (const line of wrap(caption, Math.floor((width - 2 * MARGIN) / (0.62 * SMALL)))) {
    shapes.push(text(MARGIN, y, line, { size: SMALL, fill: QUIET_INK }));
    y += SMALL * 1.5;
  }
  // Whole pixels from here on: rows that share an edge must not show a seam.
  return Math.round(y + 6);
}

function drawLegend(shapes: Shape[], picture: MapPicture, top: number, width: number): number {
  const columns = Math.max(1, Math.floor((width - 2 * MARGIN) / LEGEND_COLUMN));
  const swatch = 16;
  let entries = 0;
  const place = () => {
    const x = MARGIN + (entries % columns) * LEGEND_COLUMN;
    const y = top + Math.floor(entries / columns) * LEGEND_LINE;
    entries++;
    return { x, y };
  };
  const label = (x: number, y: number, words: string) =>
    shapes.push(text(x + swatch + 8, y + swatch - 3, words, { size: SMALL }));
  for (const { size, name, bytes, share } of picture.legend) {
    const { x, y } = place();
    shapes.push({ kind: 'rect', x, y, width: swatch, height: swatch, fill: LEAF_COLOURS[size] });
    label(x, y, `${name}: ${formatSize(bytes)}, ${share}`);
  }
  const [largest] = picture.legend;
  const under = largest?.size ?? 'pud';
  for (const [mark, bytes, words] of [
    [readOnlyMark, picture.readOnlyBytes, 'read-only, in whole or in part'],
    [invalidMark, picture.invalidBytes, 'invalid, in whole or in part'],
  ] as const) {
    if (bytes === 0) continue;
    const { x, y } = place();
    shapes.push({ kind: 'rect', x, y, width: swatch, height: swatch, fill: LEAF_COLOURS[under] });
    shapes.push({ kind: 'lines', ends: mark(x, y, swatch), stroke: MARKS[under], width: 2 });
    label(x, y, `${words}: ${formatSize(bytes)}`);
  }
  if (picture.rows.some((row) => row.cells.some((cells) => partsOf(cells).length === 0))) {
    const { x, y } = place();
    shapes.push({ kind: 'rect', x, y, width: swatch, height: swatch, fill: HOLE });
    label(x, y, 'not mapped');
  }
  if (picture.rows.some((row) => row.cells.some(isMixed))) {
    const { x, y } = place();
    const sizes = picture.legend.map(({ size }) => size).slice(-2);
    drawStripes(
      shapes,
      sizes.map((size) => [size, 1]),
      { x, y, width: swatch, height: swatch },
    );
    label(x, y, 'several sizes: a stripe each, by bytes');
  }
  return top + Math.ceil(entries / columns) * LEGEND_LINE;
}

/** Over the first row: what its labels are, and how far into the row one is. */
function drawHeadings(
  shapes: Shape[],
  { cellBytes, rowCells, rows }: MapPicture,
  { x, y, cell }: Grid,
): void {
  const quiet = { size: SMALL, fill: QUIET_INK };
  const width = cell * rowCells;
  shapes.push(text(x - 10, y, 'VA of the row', { ...quiet, anchor: 'end' }));
  if (rows.some(({ pa }) => pa !== null)) shapes.push(text(x + width + 10, y, 'PA', quiet));
  for (const part of [1, 2, 3, 4, 5, 6, 7]) {
    const at = x + (width * part) / 8;
    const words = `+${formatUnit((cellBytes * rowCells * part) / 8)}`;
    shapes.push(text(at, y, words, { ...quiet, size: 12, anchor: 'middle' }));
    shapes.push({ kind: 'lines', ends: [at, y + 4, at, y + 9], stroke: QUIET_INK, width: 1 });
  }
}

interface Grid {
  x: number;
  y: number;
  /** Side of a cell. */
  cell: number;
}

function drawRows(shapes: Shape[], picture: MapPicture, { x, y, cell }: Grid): number {
  const { rows, rowCells, cellBytes } = picture;
  const width = rowCells * cell;
  const every = labelEvery(cell);
  const span = rowCells * cellBytes;
  const marks = new Map<string, Lines>();
  const grid: Lines = { kind: 'lines', ends: [], stroke: PAPER, width: 1 };
  const step = gridEvery(cell);
  let blockTop = y;
  const closeBlock = (bottom: number): void => {
    for (let column = step; column < rowCells; column += step) {
      grid.ends.push(x + column * cell, blockTop, x + column * cell, bottom);
    }
  };
  for (const [at, row] of rows.entries()) {
    if (row.skippedBytes > 0) {
      closeBlock(y);
      const words = `${formatSize(row.skippedBytes)} without anything mapped`;
      const middle = { size: 12, anchor: 'middle', fill: QUIET_INK } as const;
      shapes.push(text(x + width / 2, y + GAP / 2 + 4, words, middle));
      y += GAP;
      blockTop = y;
    }
    drawCells(shapes, marks, row, { x, y, cell });
    const isFirst = at === 0 || row.skippedBytes > 0;
    if (isFirst || ((row.va / span) % every === 0 && !isCrowded(rows, at, every))) {
      const baseline = y + Math.min(cell, LABEL_STEP) / 2 + 5;
      shapes.push(
        text(x - 10, baseline, formatAddress(row.va), { size: SMALL, anchor: 'end' }),
        text(x + width + 10, baseline, row.pa === null ? '' : formatAddress(row.pa), { size: SMALL }),
      );
    }
    if (!isFirst && (row.va / span) % step === 0) grid.ends.push(x, y, x + width, y);
    y += cell;
  }
  closeBlock(y);
  shapes.push(grid, ...marks.values());
  return y;
}

/** Cells from one line of the grid to the next: lines between cells of a few pixels would hide them. */
function gridEvery(cell: number): number {
  return cell >= 8 ? 1 : 16;
}

/** Rows from one label to the next: a power of two that leaves room for the text. */
function labelEvery(cell: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(LABEL_STEP / cell)));
}

/** Whether the first row of the block, which always has a label, is too near. */
function isCrowded(rows: readonly PictureRow[], at: number, every: number): boolean {
  for (let back = 1; back < every; back++) {
    if (at - back === 0 || (rows[at - back]?.skippedBytes ?? 0) > 0) return true;
  }
  return false;
}

function drawCells(shapes: Shape[], marks: Map<string, Lines>, row: PictureRow, { x, y, cell }: Grid): void {
  let left = x;
  for (const cells of row.cells) {
    const { count } = cells;
    const parts = partsOf(cells);
    const main = parts.reduce((most, part) => (part[1] > most[1] ? part : most), parts[0] ?? ['pud', 0]);
    if (parts.length <= 1) {
      const fill = parts[0] ? LEAF_COLOURS[parts[0][0]] : HOLE;
      shapes.push({ kind: 'rect', x: left, y, width: count * cell, height: cell, fill });
    } else {
      for (let at = 0; at < count; at++) {
        drawStripes(shapes, parts, { x: left + at * cell, y, width: cell, height: cell });
      }
    }
    for (const [bytes, mark] of [
      [cells.readOnlyBytes, readOnlyMark],
      [cells.invalidBytes, invalidMark],
    ] as const) {
      if (bytes === 0) continue;
      const lines = linesOf(marks, MARKS[main[0]], cell >= 12 ? 2 : cell >= 8 ? 1.4 : 0.9);
      for (let at = 0; at < count; at++) lines.ends.push(...mark(left + at * cell, y, cell));
    }
    left += count * cell;
  }
}

/** Leaf sizes of one cell with their bytes, largest size first. */
function partsOf({ bytes }: PictureCells): [LeafSize, number][] {
  return LEAF_SIZES.filter((size) => bytes[size] > 0).map((size) => [size, bytes[size]]);
}

function isMixed(cells: PictureCells): boolean {
  return partsOf(cells).length > 1;
}

/** Stripes as wide as their share; a quarter of the cell at least, or they could not be seen. */
function drawStripes(
  shapes: Shape[],
  parts: readonly [LeafSize, number][],
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  const total = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  const least = Math.min(0.25, 1 / parts.length);
  const shares = parts.map(([, bytes]) => Math.max(least, bytes / total));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let left = x;
  for (const [at, [size]] of parts.entries()) {
    const stripe = (width * (shares[at] ?? 0)) / whole;
    shapes.push({ kind: 'rect', x: left, y, width: stripe, height, fill: LEAF_COLOURS[size] });
    left += stripe;
  }
}

function linesOf(marks: Map<string, Lines>, stroke: string, width: number): Lines {
  const key = `${stroke} ${width}`;
  const known = marks.get(key);
  if (known) return known;
  const lines: Lines = { kind: 'lines', ends: [], stroke, width };
  marks.set(key, lines);
  return lines;
}

/** A stroke from the lower left to the upper right. */
function readOnlyMark(x: number, y: number, side: number): number[] {
  const inset = side * 0.22;
  return [x + inset, y + side - inset, x + side - inset, y + inset];
}

/** A cross. */
function invalidMark(x: number, y: number, side: number): number[] {
  const inset = side * 0.22;
  return [...readOnlyMark(x, y, side), x + inset, y + inset, x + side - inset, y + side - inset];
}

function text(
  x: number,
  y: number,
  words: string,
  { size, bold = false, anchor = 'start', fill = INK }: Partial<Omit<Text, 'kind'>> & { size: number },
): Text {
  return { kind: 'text', x, y, text: words, size, bold, anchor, fill };
}
