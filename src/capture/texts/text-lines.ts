// The lines of a text that somebody copied: what terminals and mail add to them is taken off.
import { InputError } from '../../io/input-error.js';

export interface TextLine {
  /** Counted from 1. */
  number: number;
  text: string;
}

/** CSI sequences: colours, and what else a terminal puts into a copy. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with a control character
const COLOUR = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;
/** Marks of quoted mail. No line of the files read here begins with `>` itself. */
const QUOTE = /^(?:> ?)+/;

/** The lines that say something: without colours, CR and marks of quoting, and none that are blank. */
export function textLines(text: string): TextLine[] {
  const lines: TextLine[] = [];
  let number = 0;
  for (const raw of text.split('\n')) {
    number++;
    const line = cleanLine(raw);
    if (line !== '') lines.push({ number, text: line });
  }
  return lines;
}

/** One line without colours, marks of quoting and white space at its end. */
export function cleanLine(raw: string): string {
  const plain = raw.includes('\x1b') ? raw.replace(COLOUR, '') : raw;
  return (plain.startsWith('>') ? plain.replace(QUOTE, '') : plain).trimEnd();
}

/** Lines of which each begins as `start` says; what does not was wrapped off the line before and goes back to it. */
export function unwrapLines(lines: TextLine[], start: RegExp): TextLine[] {
  const whole: TextLine[] = [];
  for (const line of lines) {
    const before = whole.at(-1);
    if (before === undefined || start.test(line.text)) whole.push(line);
    else before.text += ` ${line.text.trimStart()}`;
  }
  return whole;
}

/**
 * @param part what of the line is wrong; all of it where left out
 * @returns the error for a line that is not what was expected
 */
export function badLine(file: string, line: TextLine, expected: string, part = line.text): InputError {
  return new InputError(file, line.number, `expected ${expected}, found "${shorten(part)}"`);
}

/** @returns the error for a text in which nothing was found. */
export function emptyText(file: string, expected: string): InputError {
  return new InputError(file, null, `expected ${expected}, found nothing of the kind`);
}

function shorten(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return printable.length > 60 ? `${printable.slice(0, 60)}…` : printable;
}
