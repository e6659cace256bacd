/** Per cent of a whole: `46.88 %`; never 0 or 100 where it is not exactly that. */
export function formatShare(part: number, total: number): string {
  if (part === total) return '100 %';
  const perCent = (100 * part) / total;
  if (perCent < 0.01) return '< 0.01 %';
  return perCent > 99.99 ? '> 99.99 %' : `${perCent.toFixed(2)} %`;
}
