// What every exporter is: records in, the text of one file out.
import type { HistoryEntry } from '../history-entry.js';
import type { Run } from '../run.js';

export interface Exported {
  /** The whole file, with the line break at its end. */
  text: string;
  /** What could not be said in this format, a line each. */
  warnings: string[];
}

/** Whether a series or an exact case of this name is exported. */
export type Wanted = (name: string) => boolean;

export interface ExportFormat {
  id: string;
  /** Who reads it. */
  reader: string;
  ofRun(run: Run, wanted: Wanted): Exported;
  /** Several runs, in order of time, at least one; only in formats that hold more than one. */
  ofHistory?(entries: readonly HistoryEntry[], wanted: Wanted): Exported;
}

export function exported(text: string, warnings: string[] = []): Exported {
  return { text, warnings };
}

/** JSON as exports have it: indented, with a line break at the end. */
export function exportedJson(value: unknown): Exported {
  return exported(`${JSON.stringify(value, null, 1)}\n`);
}
