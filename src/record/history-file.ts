// The history on disk: one file for each fingerprint, one line for each run, only ever appended to.
import { closeSync, fstatSync, fsyncSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../io/file.js';
import { makeFolder } from '../io/folder.js';
import { InputError } from '../io/input-error.js';
import { HISTORY_SCHEMA, type HistoryEntry, historyEntrySchema } from './history-entry.js';

const NEWLINE = 0x0a;

interface HistoryRead {
  /** In order of time. */
  entries: HistoryEntry[];
  /** A line for each line of a file that is no entry: cut short, or of another version. */
  warnings: string[];
}

/**
 * Appends an entry to the file of its fingerprint in `folder`, made where it is missing.
 * The line goes out in one write to a file opened to append, so that the lines of runs that end at once stand one
 * behind the other (write(2): the offset is set to the end and the data written as one step). A run that is killed
 * leaves its own line short at worst; the next one starts on a new line.
 * @throws InputError where it cannot be written.
 */
export function appendHistory(folder: string, entry: HistoryEntry): string {
  const path = join(folder, `${entry.fingerprint}.jsonl`);
  makeFolder(folder);
  try {
    const file = openSync(path, 'a+');
    try {
      const line = Buffer.from(`${endsInLine(file) ? '' : '\n'}${formatEntry(entry)}\n`);
      const written = writeSync(file, line);
      if (written < line.length) throw new Error(`room for ${written} of ${line.length} bytes`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(path, null, `expected a file to append a line to, found ${reason}`);
  }
  return path;
}

/** The entries of every file in a folder; none where there is no folder. @throws InputError for what cannot be read. */
export function readHistory(folder: string): HistoryRead {
  const read: HistoryRead = { entries: [], warnings: [] };
  for (const file of historyFiles(folder)) {
    const { entries, warnings } = readHistoryFile(file);
    read.entries.push(...entries);
    read.warnings.push(...warnings);
  }
  read.entries.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return read;
}

/** The entries of one file, in its order. @throws InputError where it cannot be read. */
export function readHistoryFile(path: string): HistoryRead {
  const read: HistoryRead = { entries: [], warnings: [] };
  readText(path)
    .split('\n')
    .forEach((line, index) => {
      if (line.trim() === '') return;
      const entry = parseEntry(line);
      if (entry !== null) read.entries.push(entry);
      if (entry === null || line.lastIndexOf(START) !== 0) {
        read.warnings.push(
          `${path}:${index + 1}: expected an entry of the history, found a line cut short or another version`,
        );
      }
    });
  return read;
}

/** Files of a history, by name. */
function historyFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(folder, null, `expected a folder of .jsonl files, found ${reason}`);
  }
}

/** How each line begins; inside a line the quotes would be escaped. */
const START = `{"schema":"${HISTORY_SCHEMA}"`;

function formatEntry({ schema, ...rest }: HistoryEntry): string {
  return JSON.stringify({ schema, ...rest });
}

/** A process killed in the moment after another looked at the end leaves its part of a line before a whole one. */
function parseEntry(line: string): HistoryEntry | null {
  const start = line.lastIndexOf(START);
  if (start < 0) return null;
  try {
    const parsed = historyEntrySchema.safeParse(JSON.parse(line.slice(start)));
    return parsed.success ? (parsed.data as HistoryEntry) : null;
  } catch {
    return null;
  }
}

function endsInLine(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] === NEWLINE;
}
