import { expect, test } from 'vitest';
import {
  formatCount,
  formatEstimate,
  formatNanosecondInterval,
  formatNanoseconds,
  formatPercentChange,
  formatRatio,
  formatRatioInterval,
  formatSignificant,
  formatSizeChange,
  formatUnit,
} from '../../src/report/number.js';

const RULE = '\u202f';

test.each([
  [0, '0'],
  [999, '999'],
  [1058, `1${RULE}058`],
  [67108864, `67${RULE}108${RULE}864`],
  [-1058, `\u22121${RULE}058`],
  [1234.5, `1${RULE}234.5`],
])('a count parts its thousands: %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0.7512, '0.751'],
  [4.6, '4.6'],
  [99.96, '100'],
  [512.4, '512'],
  [Number.POSITIVE_INFINITY, '–'],
])('three digits say enough of %s', (value, text) => {
  expect(formatSignificant(value)).toBe(text);
});

test.each([
  [0.83, '0.83 ns'],
  [999.4, '999 ns'],
  [999.7, '1 µs'],
  [1710, '1.71 µs'],
  [2_500_000, '2.5 ms'],
  [7_000_000_000_000, `7${RULE}000 s`],
])('%s ns are written in the unit that reads best', (nanoseconds, text) => {
  expect(formatNanoseconds(nanoseconds)).toBe(text);
});

test('an interval has one unit', () => {
  expect(formatNanosecondInterval(950, 1920)).toBe('0.95–1.92 µs');
});

test('a ratio of nothing is no number', () => {
  expect(formatRatio(512, 1)).toBe('512×');
  expect(formatRatio(7, 0)).toBe('–');
});

test('a change of size has its sign', () => {
  expect(formatSizeChange(2 * 2 ** 20)).toBe('+2 MiB');
  expect(formatSizeChange(-(2 ** 30))).toBe('\u22121 GiB');
  expect(formatSizeChange(0)).toBe('0');
});

test('granules and blocks are named by one letter', () => {
  expect([4096, 2 ** 21, 2 ** 30, 512].map(formatUnit)).toEqual(['4K', '2M', '1G', '512']);
});

test('an estimate has two digits and one unit', () => {
  expect(formatEstimate({ low: 775_000, typical: 823_000, high: 1_140_000 })).toBe('0.82 ms (0.78–1.1)');
  expect(formatEstimate({ low: 70_400, typical: 77_500, high: 122_000 })).toBe('78 µs (70–120)');
});

test('a ratio of intervals is an interval', () => {
  expect(formatRatioInterval({ low: 80.4, high: 251 })).toBe('80–250×');
  expect(formatRatioInterval({ low: 1, high: Number.POSITIVE_INFINITY })).toBe('–');
});

test.each([
  [1.77, '+1.8 %'],
  [-40.34, '\u221240 %'],
  [-231.2, '\u2212231 %'],
  [0, '0 %'],
])('a change of %s percent has its sign', (percent, text) => {
  expect(formatPercentChange(percent)).toBe(text);
});
