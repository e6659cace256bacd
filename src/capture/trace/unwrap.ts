// Lines that a mail program or a terminal broke: which text the pieces were, and with what between them.
import type { LineEvent } from './event.js';

/** Readings of a broken line that are followed at once; each break doubles them. */
const MAX_READINGS = 32;
const MAX_LENGTH = 4096;
const SNAPSHOT = /^SNAP_\S+_(?:REQ|DONE)$/;
/** A number of 64 bits: no digit can follow. */
const WHOLE_NUMBER = /=0x[0-9a-f]{16}$/i;
const WORDS = /^(?:[A-Za-z_%][\w%.]*=(?:"[^"]*"|[^\s"]\S*)?(?:\s+|$))*$/;

/** What a line that is not whole may have been, with `next` joined to it. */
export function readingsWith(readings: readonly string[], next: string): string[] {
  const joined = readings.flatMap((text) =>
    /\s$/.test(text) || /^\s/.test(next) ? [text + next] : [`${text} ${next}`, text + next],
  );
  return joined.filter(({ length }) => length <= MAX_LENGTH).slice(0, MAX_READINGS);
}

/**
 * The words of an event that looks whole, with those of the line after it: a blank belongs between two words that
 * are whole each, nothing between the halves of one. null where the two make no `name=value` words.
 */
export function wordsWith(words: string, next: string): string | null {
  if (words.length + next.length > MAX_LENGTH) return null;
  const glue = /\s$/.test(words) || /^\s/.test(next) || words === '' ? '' : betweenWords(words, next);
  const joined = words + glue + next;
  return WORDS.test(joined.trim()) ? joined : null;
}

/** The text of a marker with the line after it; null where the marker is one of ours and whole. */
export function markerWith(text: string, next: string): string | null {
  if (SNAPSHOT.test(text)) return null;
  const joined = text + next.trim();
  return SNAPSHOT.test(joined) ? joined : `${text} ${next.trim()}`;
}

function betweenWords(words: string, next: string): string {
  const last = words.slice(words.search(/\S+$/));
  const [first = ''] = next.split(/\s/, 1);
  const isWhole = (word: string) => word.indexOf('=') > 0 && !word.endsWith('=');
  return isWhole(last) && isWhole(first) ? ' ' : '';
}

/** Whether an event that ends with the text, without a newline, may have gone on. */
export function mayBeCut({ site, text }: LineEvent): boolean {
  const words = text.trim();
  if (site.kind === 'marker') return words.startsWith('SNAP_') && !SNAPSHOT.test(words);
  return site.kind === 'probe' && words !== '' && !WHOLE_NUMBER.test(words);
}

/** Pieces of tracefs' header, as they stand alone where the header was broken. */
export function isHeaderPiece(text: string): boolean {
  const words = text.split(/[\s|/\\_=>-]+/).filter((word) => word !== '');
  return words.every((word) => HEADER_WORDS.has(word) || /^#P:\d+$/.test(word) || /^#+$/.test(word));
}

const HEADER_WORDS = new Set(
  'irqs off BH disabled need resched hardirq softirq preempt depth migrate disable delay TASK PID TGID CPU TIMESTAMP FUNCTION'.split(
    ' ',
  ),
);
