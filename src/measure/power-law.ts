// Growth: the exponent b of y = a x^b, from points at several x.

export interface PowerLaw {
  readonly exponent: number;
  /** Of the exponent, as if deviations from the law were independent; 0 where there are two points only. */
  readonly standardError: number;
}

/**
 * Fits a line to the logarithms by least squares.
 * @param points positive; what is 0 has no logarithm
 * @throws RangeError where there are not two different x, or a value is not positive
 */
export function fitPowerLaw(points: readonly { x: number; y: number }[]): PowerLaw {
  if (points.some(({ x, y }) => !(x > 0 && y > 0))) throw new RangeError('expected values above 0');
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(logs.map(({ x }) => x)), mean(logs.map(({ y }) => y))];
  const sum = (of: (dx: number, dy: number) => number) =>
    logs.reduce((total, { x, y }) => total + of(x - meanX, y - meanY), 0);
  const squares = sum((dx) => dx * dx);
  if (!(squares > 0)) throw new RangeError('expected at least two different x');
  const exponent = sum((dx, dy) => dx * dy) / squares;
  const residuals = sum((dx, dy) => (dy - exponent * dx) ** 2);
  const freedom = points.length - 2;
  return { exponent, standardError: freedom > 0 ? Math.sqrt(residuals / freedom / squares) : 0 };
}
