// Numbers as people read them. JSON keeps them raw.
import { formatSize } from '../io/size.js';

/** U+202F NARROW NO-BREAK SPACE: parts thousands, and never wraps. */
const THIN_RULE = '\u202f';
const MINUS = '\u2212';
const TIME_UNITS = ['ns', 'µs', 'ms', 's'] as const;

/** A count with its thousands parted by a thin rule: `1 058`. */
export function formatCount(count: number): string {
  const [whole = '', fraction] = String(Math.abs(count)).split('.');
  const parted = whole.replace(/\B(?=(?:\d{3})+$)/g, THIN_RULE);
  return (count < 0 ? MINUS : '') + (fraction === undefined ? parted : `${parted}.${fraction}`);
}

/** Three significant digits, whole numbers in full: `0.75`, `4.6`, `1 053`. */
export function formatSignificant(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return formatCount(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** How many times `of` is more than `than`: `512×`, or `–` where nothing can be divided. */
export function formatRatio(of: number, than: number): string {
  return than === 0 ? '–' : `${formatSignificant(of / than)}×`;
}

/** A time from nanoseconds, in the unit that reads best: `3.41 ns`, `1.2 µs`. */
export function formatNanoseconds(nanoseconds: number): string {
  const { divisor, name } = timeUnit(nanoseconds);
  return `${formatSignificant(nanoseconds / divisor)} ${name}`;
}

/** Both ends of an interval in one unit, that of its end: `1.61–1.92 µs`. */
export function formatNanosecondInterval(low: number, high: number): string {
  return `${formatSignificant(low / timeUnit(high).divisor)}–${formatNanoseconds(high)}`;
}

/** An estimate in the unit of its end, to the two digits that an estimate is good for: `0.82 ms (0.78–1.1)`. */
export function formatEstimate({
  low,
  typical,
  high,
}: {
  low: number;
  typical: number;
  high: number;
}): string {
  const { divisor, name } = timeUnit(high);
  const inUnit = (value: number) => formatTwoDigits(value / divisor);
  return `${inUnit(typical)} ${name} (${inUnit(low)}–${inUnit(high)})`;
}

/** A ratio of which only the ends are known: `73–250×`, or `–` where nothing can be divided. */
export function formatRatioInterval({ low, high }: { low: number; high: number }): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return '–';
  return `${formatTwoDigits(low)}–${formatTwoDigits(high)}×`;
}

/** An exponent and its standard error: `1.02 ± 0.03`, `−0.04 ± 0.13`. */
export function formatExponent({
  exponent,
  standardError,
}: {
  exponent: number;
  standardError: number;
}): string {
  // Never −0.00.
  const rounded = Number(exponent.toFixed(2)) + 0;
  return `${rounded < 0 ? MINUS : ''}${Math.abs(rounded).toFixed(2)} ± ${standardError.toFixed(2)}`;
}

/** Percent with its sign: `+1.8 %`, `−0.05 %`, `0 %`. */
export function formatPercentChange(percent: number): string {
  const rounded = Number(percent.toPrecision(percent <= -100 || percent >= 100 ? 3 : 2));
  return `${rounded > 0 ? '+' : ''}${formatCount(rounded)} %`;
}

function formatTwoDigits(value: number): string {
  return formatCount(Number(value.toPrecision(2)));
}

function timeUnit(nanoseconds: number): { divisor: number; name: string } {
  let divisor = 1;
  let unit = 0;
  // What three digits would round up to 1000 belongs to the next unit.
  while (unit < TIME_UNITS.length - 1 && Number((nanoseconds / divisor).toPrecision(3)) >= 1000) {
    divisor *= 1000;
    unit++;
  }
  return { divisor, name: TIME_UNITS[unit] ?? '' };
}

/** A change in bytes, with its sign: `+2 MiB`, `−1 GiB`, `0`. */
export function formatSizeChange(bytes: number): string {
  if (bytes === 0) return '0';
  return (bytes > 0 ? '+' : MINUS) + formatSize(Math.abs(bytes));
}

/** A size as the field names granules and blocks: `4K`, `2M`, `1G`. */
export function formatUnit(bytes: number): string {
  return formatSize(bytes).replace(/ (?:B|([KMGTP])iB)$/, '$1');
}
