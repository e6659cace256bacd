// Shares and their differences, to a hundredth of a per cent.

const NOT_KNOWN = '–';
const MINUS = '\u2212';

/** Per cent: `86.41`. */
export function formatPercent(part: number | null, of: number): string {
  if (part === null || of === 0) return NOT_KNOWN;
  return ((100 * part) / of).toFixed(2);
}

/** Percentage points: `+0.31`, `−2.40`, `0.00` where it is less than can be told, `0` where it is nothing. */
export function formatPoints(value: number | null): string {
  if (value === null) return NOT_KNOWN;
  if (value === 0) return '0';
  const text = Math.abs(value).toFixed(2);
  if (text === '0.00') return text;
  return (value < 0 ? MINUS : '+') + text;
}
