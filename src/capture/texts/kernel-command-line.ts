// /proc/cmdline.
import { badLine, emptyText, textLines } from './text-lines.js';

export interface CommandLine {
  file: string;
  text: string;
}

/** Longest command line of arm64 (COMMAND_LINE_SIZE). */
const LIMIT = 2048;

/**
 * Reads /proc/cmdline, which is one line. One that was wrapped on its way is put together with spaces.
 * @throws InputError where there is none, or what there is holds control characters or is longer than arm64 allows
 */
export function parseCommandLine(text: string, file: string): CommandLine {
  const lines = textLines(text);
  const [first] = lines;
  if (first === undefined) throw emptyText(file, 'a kernel command line');
  const bad = lines.find((line) => /[^\x20-\x7e\u00a0-\uffef\t]/.test(line.text));
  if (bad) throw badLine(file, bad, 'a kernel command line of printable characters');
  const joined = lines.map((line) => line.text.trim()).join(' ');
  if (joined.length > LIMIT)
    throw badLine(file, first, `a kernel command line of at most ${LIMIT} characters`);
  return { file, text: joined };
}
