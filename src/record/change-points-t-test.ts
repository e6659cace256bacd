// Student's two-sided t-test of two means, from the definitions: pooled variance, regularised incomplete beta function.

/** Two samples side by side. */
export interface MeansCompared {
  before: number;
  after: number;
  /** Probability of a difference at least as large, were both drawn from one normal distribution. */
  pValue: number;
}

/**
 * Compares the means of two samples, neither of them empty.
 * The deviations are those of the samples themselves (divided by n), as Apache Otava takes them: a detector that is to
 * find the same points has to. Textbooks divide by n − 1, which gives slightly larger p-values.
 */
export function compareMeans(left: readonly number[], right: readonly number[]): MeansCompared {
  const [before, after] = [mean(left), mean(right)];
  const degrees = left.length + right.length - 2;
  if (degrees < 1) return { before, after, pValue: 1 };
  const pooled =
    ((left.length - 1) * variance(left, before) + (right.length - 1) * variance(right, after)) / degrees;
  const error = Math.sqrt(pooled * (1 / left.length + 1 / right.length));
  if (error === 0) return { before, after, pValue: before === after ? 1 : 0 };
  return { before, after, pValue: twoSided((after - before) / error, degrees) };
}

/** P(|T| ≥ |t|) for Student's t with this many degrees of freedom. Abramowitz and Stegun 26.7.1, 26.5.27. */
export function twoSided(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[], centre: number): number {
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
}

/** I_x(a, b), by its continued fraction on the side where that converges fast. Abramowitz and Stegun 26.5.8. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  const front = Math.exp(logFront);
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** Modified Lentz's method; a few dozen terms at most for the arguments of a t-test. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return fraction;
}

/** ln Γ(x) for x > 0: Stirling's series, reached by Γ(x + 1) = x Γ(x). Abramowitz and Stegun 6.1.40. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 12; z++) shift += Math.log(z);
  const inverse = 1 / (z * z);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}
