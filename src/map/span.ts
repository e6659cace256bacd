// Ranges of addresses: ascending, half-open, apart from each other.
import type { Address } from '../io/address.js';

export interface Span {
  va: Address;
  end: Address;
}

/** The same bytes as the fewest spans, ascending. */
export function unionOf(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { va, end } of spans.toSorted((a, b) => a.va - b.va)) {
    const last = joined.at(-1);
    if (last !== undefined && va <= last.end) last.end = Math.max(last.end, end);
    else if (va < end) joined.push({ va, end });
  }
  return joined;
}

export function bytesOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { va, end }) => sum + (end - va), 0);
}

/** What of `span` lies in `others`, which are ascending and apart. */
export function overlapOf({ va, end }: Span, others: readonly Span[]): Span[] {
  const inside: Span[] = [];
  for (let at = firstEndingAfter(others, va); at < others.length; at++) {
    const other = others[at] as Span;
    if (other.va >= end) break;
    inside.push({ va: Math.max(va, other.va), end: Math.min(end, other.end) });
  }
  return inside;
}

/** What of `span` lies in none of `others`, which are ascending and apart. */
export function outsideOf(span: Span, others: readonly Span[]): Span[] {
  const outside: Span[] = [];
  let from = span.va;
  for (const { va, end } of overlapOf(span, others)) {
    if (from < va) outside.push({ va: from, end: va });
    from = end;
  }
  if (from < span.end) outside.push({ va: from, end: span.end });
  return outside;
}

/** Index of the first span with bytes at or after `va`, by halving. */
function firstEndingAfter(spans: readonly Span[], va: Address): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as Span).end <= va) low = middle + 1;
    else high = middle;
  }
  return low;
}
