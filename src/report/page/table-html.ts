// A table of a report as HTML. Wide ones scroll in a box of their own, so that the page never does.
import { type Cell, type Column, type Row, type Table, textOf } from '../table.js';
import { html, type Markup } from './html.js';

/** The table with its title as caption, and its notes under it. */
export function htmlTable(table: Table): Markup {
  const { title, columns, rows, notes = [] } = table;
  return html`<div class="table" role="region" tabindex="0" aria-label="${title}"><table><caption>${title}</caption>
<thead><tr>${columns.map(headingCell)}</tr></thead>
${bodies(rows).map((body) => html`<tbody>${body.map((row) => rowOf(row, columns))}</tbody>\n`)}</table></div>
${notes.map((note) => html`<p class="note">${note}</p>\n`)}`;
}

/** Rows from one group to the next. */
function bodies(rows: readonly Row[]): Row[][] {
  const found: Row[][] = [];
  for (const row of rows) {
    if ('group' in row || found.length === 0) found.push([]);
    found.at(-1)?.push(row);
  }
  return found;
}

function headingCell({ heading, align }: Column): Markup {
  return align === 'right'
    ? html`<th scope="col" class="number">${heading}</th>`
    : html`<th scope="col">${heading}</th>`;
}

function rowOf(row: Row, columns: readonly Column[]): Markup {
  if ('group' in row) {
    return html`<tr><th scope="rowgroup" class="group" colspan="${columns.length}">${row.group}</th></tr>`;
  }
  return html`<tr>${columns.map(({ align }, at) => cellOf(row[at] ?? '', align, at === 0))}</tr>`;
}

function cellOf(cell: Cell, align: Column['align'], isHead: boolean): Markup {
  const classes = [align === 'right' ? 'number' : '', typeof cell === 'string' ? '' : cell.tone];
  const named = classes.filter((name) => name !== '').join(' ');
  const attribute = named === '' ? null : html` class="${named}"`;
  return isHead
    ? html`<th scope="row"${attribute}>${textOf(cell)}</th>`
    : html`<td${attribute}>${textOf(cell)}</td>`;
}
