// A table as data, and its two forms: aligned text for a terminal, and Markdown.
import pc from 'picocolors';

const DEFAULT_WIDTH = 100;
const ELLIPSIS = '…';

type Tone = 'good' | 'bad';
/** What a cell says; a tone colours it on a terminal and is never the only sign. */
export type Cell = string | { text: string; tone: Tone };

export interface Column {
  /** Is broken at spaces where its cells are narrower. */
  heading: string;
  align: 'left' | 'right';
}

/** Either one cell a column, or a line of its own that heads the rows after it. */
export type Row = readonly Cell[] | { group: string };

export interface Table {
  title: string;
  columns: readonly Column[];
  rows: readonly Row[];
  /** What a reader has to know, a line each, under the table. */
  notes?: readonly string[];
}

export interface TerminalOptions {
  /** Columns of text. Default 100. */
  width?: number;
  /** Where the text goes: coloured where this is a terminal and NO_COLOR is unset. Default: no colour. */
  stream?: { isTTY?: boolean };
  environment?: Readonly<Record<string, string | undefined>>;
}

/** The table as aligned lines, none longer than `width`, without a line break at the end. */
export function terminalTable(table: Table, options: TerminalOptions = {}): string {
  const width = options.width ?? DEFAULT_WIDTH;
  const colours = pc.createColors(wantsColour(options));
  const hasGroups = table.rows.some((row) => 'group' in row);
  const indent = hasGroups ? '  ' : '';
  const { columns, gap } = layout(table, width - indent.length);
  const lines = wrap(table.title, width).map(colours.bold);
  for (const line of headingLines(table.columns, { columns, gap })) lines.push(colours.dim(indent + line));
  lines.push(colours.dim(indent + columns.map((cells) => '─'.repeat(cells)).join(gap)));
  for (const row of table.rows) {
    if ('group' in row) lines.push(...wrap(row.group, width));
    else lines.push((indent + cellsLine(row, table.columns, { columns, gap }, colours)).trimEnd());
  }
  for (const note of table.notes ?? []) lines.push(...wrap(note, width).map(colours.dim));
  return lines.join('\n');
}

/** The table as GitHub-flavoured Markdown under a fourth-level heading. Text is escaped. */
export function markdownTable(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = [
    `#### ${escapeMarkdown(table.title)}`,
    '',
    line(table.columns.map(({ heading }) => escapeMarkdown(heading))),
    line(table.columns.map(({ align }) => (align === 'right' ? '---:' : ':---'))),
  ];
  for (const row of table.rows) {
    if ('group' in row) {
      const rest = table.columns.slice(1).map(() => '');
      lines.push(line([`**${escapeMarkdown(row.group)}**`, ...rest]));
    } else {
      lines.push(line(row.map((cell) => escapeMarkdown(textOf(cell)))));
    }
  }
  for (const note of table.notes ?? []) lines.push('', escapeMarkdown(note));
  return lines.join('\n');
}

/** Breaks text at spaces into lines of at most `width`; a longer word stands alone, cut short. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
    } else {
      if (line !== '') lines.push(line);
      line = shorten(word, width);
    }
  }
  lines.push(line);
  return lines;
}

function wantsColour({ stream, environment = process.env }: TerminalOptions): boolean {
  // no-color.org: set and not empty.
  return stream?.isTTY === true && (environment.NO_COLOR ?? '') === '';
}

interface Layout {
  columns: number[];
  gap: string;
}

/** Width of each column. Where all are too wide together, gaps give way first, then the widest of texts. */
function layout(table: Table, width: number): Layout {
  const columns = table.columns.map(({ heading }, at) => {
    const words = heading.split(' ').map(widthOf);
    const cells = table.rows.map((row) => ('group' in row ? 0 : widthOf(textOf(row[at] ?? ''))));
    return Math.max(1, ...words, ...cells);
  });
  const cells = columns.reduce((sum, column) => sum + column, 0);
  const gaps = columns.length - 1;
  const gap = cells + 2 * gaps <= width ? '  ' : ' ';
  for (let over = cells + gap.length * gaps - width; over > 0; over--) {
    const widest = widestTextColumn(table.columns, columns);
    if (widest === null) break;
    columns[widest] = (columns[widest] ?? 0) - 1;
  }
  return { columns, gap };
}

function widestTextColumn(columns: readonly Column[], widths: readonly number[]): number | null {
  const least = 4;
  let widest: number | null = null;
  columns.forEach(({ align }, at) => {
    const cells = widths[at] ?? 0;
    if (align === 'left' && cells > least && cells > (widest === null ? 0 : (widths[widest] ?? 0)))
      widest = at;
  });
  return widest;
}

/** Headings stand on the rule: the shorter ones start lower. */
function headingLines(columns: readonly Column[], { columns: widths, gap }: Layout): string[] {
  const wrapped = columns.map(({ heading }, at) => wrap(heading, widths[at] ?? 1));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, y) =>
    columns
      .map(({ align }, at) => {
        const lines = wrapped[at] ?? [];
        return pad(lines[y - (height - lines.length)] ?? '', widths[at] ?? 1, align);
      })
      .join(gap)
      .trimEnd(),
  );
}

function cellsLine(
  row: readonly Cell[],
  columns: readonly Column[],
  { columns: widths, gap }: Layout,
  colours: ReturnType<typeof pc.createColors>,
): string {
  return columns
    .map(({ align }, at) => {
      const cell = row[at] ?? '';
      const cells = widths[at] ?? 1;
      const padded = pad(shorten(textOf(cell), cells), cells, align);
      if (typeof cell === 'string') return padded;
      return cell.tone === 'good' ? colours.green(padded) : colours.red(padded);
    })
    .join(gap);
}

function pad(text: string, width: number, align: Column['align']): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? spaces + text : text + spaces;
}

function shorten(text: string, width: number): string {
  return widthOf(text) <= width ? text : [...text].slice(0, width - 1).join('') + ELLIPSIS;
}

/** What a cell says, without its tone. */
export function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function widthOf(text: string): number {
  return [...text].length;
}

function escapeMarkdown(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_|[\]]/g, '\\$&')
    .replace(/\s*[\r\n]+\s*/g, ' ');
}
