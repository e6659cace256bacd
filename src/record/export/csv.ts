// CSV, a row for each run and a column for each timed series. Apache Otava reads it: time, commit, metrics.
import { type HistoryEntry, historyEntry } from '../history-entry.js';
import { slug } from './benchmark-name.js';
import { type Exported, type ExportFormat, exported, type Wanted } from './export-format.js';

export const csvFormat: ExportFormat = {
  id: 'csv',
  reader: 'spreadsheets, Apache Otava',
  ofRun: (run, wanted) => table([historyEntry(run)], wanted),
  ofHistory: table,
};

/**
 * The columns are the series of the last run. Runs that lack one of them are left out: Otava refuses an empty cell.
 */
function table(entries: readonly HistoryEntry[], wanted: Wanted): Exported {
  const names = (entries.at(-1)?.series ?? []).map(({ name }) => name).filter(wanted);
  const rows = entries.flatMap((entry) => {
    const medians = new Map(entry.series.map(({ name, median }) => [name, median]));
    const values = names.map((name) => medians.get(name));
    return values.includes(undefined) ? [] : [[entry.time, entry.commit?.hash ?? '', ...values.map(String)]];
  });
  const left = entries.length - rows.length;
  const lines = [['time', 'commit', ...names.map(slug)], ...rows].map((cells) => cells.map(quoted).join(','));
  return exported(
    `${lines.join('\n')}\n`,
    left === 0 ? [] : [`${left} of ${entries.length} runs lack a series of the last one and were left out`],
  );
}

/** RFC 4180, 2.5 to 2.7. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
