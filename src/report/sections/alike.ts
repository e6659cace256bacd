import { groupBy } from '../group.js';
import type { Cell } from '../table.js';

/** So many that do the same share a row. */
const MANY = 3;

/**
 * Rows that begin with a strategy, in their order; where many or all say the same after that, one row for
 * them, named after the first. Of two such groups nobody could tell who is in which: then none is joined.
 */
export function joinedWhereAlike(rows: readonly (readonly Cell[])[]): (readonly Cell[])[] {
  const groups = [...groupBy(rows, ([, ...rest]) => JSON.stringify(rest)).values()];
  const [first] = rows;
  if (first !== undefined && rows.length > 1 && groups.length === 1)
    return [['all of them', ...first.slice(1)]];
  const [joined, another] = groups.filter(({ length }) => length >= MANY);
  if (joined === undefined || another !== undefined) return [...rows];
  return rows.flatMap((row): (readonly Cell[])[] => {
    if (!joined.includes(row)) return [row];
    const [strategy, ...rest] = row;
    return row === joined[0] ? [[`${String(strategy)} and ${joined.length - 1} more`, ...rest]] : [];
  });
}

/** Rows that begin with a name, without those that say the same as one before; and which those are: `on as blocks`. */
export function withoutAlike(rows: readonly (readonly string[])[]): {
  rows: (readonly string[])[];
  alike: string[];
} {
  const groups = [...groupBy(rows, ([, ...rest]) => JSON.stringify(rest)).values()];
  const names = groups.map((group) => group.map(([name = '']) => name));
  return {
    rows: groups.flatMap(([first]) => (first === undefined ? [] : [first])),
    alike: names.flatMap(([first, ...same]) => (same.length === 0 ? [] : [`${same.join(', ')} as ${first}`])),
  };
}
