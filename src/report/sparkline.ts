// A series as one line of text.

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII = ['_', '.', '-', '=', '*', '#'];

/**
 * A character for each value, from the least to the greatest; means of neighbours where there are more than `width`.
 * All equal: halfway up.
 */
export function sparkline(values: readonly number[], { width = 30, unicode = true } = {}): string {
  const marks = unicode ? BLOCKS : ASCII;
  const shown = values.length > width ? meansOf(values, width) : values;
  const [least, greatest] = [Math.min(...shown), Math.max(...shown)];
  return shown
    .map((value) => {
      const share = greatest === least ? 0.5 : (value - least) / (greatest - least);
      return marks[Math.min(marks.length - 1, Math.floor(share * marks.length))];
    })
    .join('');
}

/** Means of `count` stretches, as equal in length as can be, in order. */
function meansOf(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const stretch = values.slice(
      Math.floor((at * values.length) / count),
      Math.floor(((at + 1) * values.length) / count),
    );
    return stretch.reduce((sum, value) => sum + value, 0) / stretch.length;
  });
}

/** Whether text goes out as UTF-8: by the locale, whose first set variable counts (POSIX, 8.2). */
export function isUnicodeLocale(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find((value) => value);
  return locale !== undefined && /utf-?8/i.test(locale);
}
