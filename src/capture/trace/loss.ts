// How tracers say that they lost events.

const LOSSES: readonly RegExp[] = [
  // tracefs: `CPU:3 [LOST 42 EVENTS]`
  /\bLOST (?:(\d+) )?EVENTS\b/,
  // trace-cmd report: `CPU:3 [42 EVENTS DROPPED]`
  /\[(?:(\d+) )?EVENTS DROPPED\]/,
  // perf script --show-lost-events
  /\bPERF_RECORD_LOST(?:_SAMPLES)?\b(?:\D*(\d+))?/,
  // bpftrace, perf record: `Lost 42 events`, `Processed 9 events and lost 2 chunks!`
  /\blost (\d+) (?:events?|chunks?|samples?)\b/i,
];
const BUFFER = /^#\s*entries-in-buffer\/entries-written:\s*(\d+)\/(\d+)/;
const ANNOTATION = /^#+ CPU \d+ buffer started #+/;

/** How many events a line says were lost, 0 where it does not say how many; null where it says nothing of a loss. */
export function lossIn(text: string): number | null {
  for (const pattern of LOSSES) {
    const match = pattern.exec(text);
    if (match) return countOf(match[1]);
  }
  return null;
}

/** A ring buffer that does not know how many it lost may say 2^64 - 1. */
function countOf(digits = '0'): number {
  const count = Number(digits);
  return Number.isSafeInteger(count) ? count : 0;
}

/**
 * What a comment of tracefs says of events that were overwritten before they were read: their number, `unknown` for
 * the note that a CPU's buffer begins in the middle (which is only made where some were), null for any other comment.
 */
export function overwrittenIn(comment: string): number | 'unknown' | null {
  const counts = BUFFER.exec(comment);
  if (counts) return Math.max(0, countOf(counts[2]) - countOf(counts[1]));
  return ANNOTATION.test(comment) ? 'unknown' : null;
}
