// /proc/meminfo.
import { badLine, emptyText, textLines } from './text-lines.js';

export interface Meminfo {
  file: string;
  /** Values by name, as printed: KiB where the line says kB, else a plain number. */
  values: ReadonlyMap<string, number>;
}

const LINE = /^([A-Za-z][\w()/-]*):\s+(\d+)(?: kB)?$/;

/** Reads /proc/meminfo. @throws InputError naming the first line that is not `Name:  number kB`. */
export function parseMeminfo(text: string, file: string): Meminfo {
  const values = new Map<string, number>();
  for (const line of textLines(text)) {
    const match = LINE.exec(line.text.trimStart());
    const value = Number(match?.[2]);
    if (!match?.[1] || !Number.isSafeInteger(value)) {
      throw badLine(file, line, 'a line of /proc/meminfo (MemTotal:   123456 kB)');
    }
    values.set(match[1], value);
  }
  if (values.size === 0) throw emptyText(file, 'the lines of /proc/meminfo');
  return { file, values };
}
