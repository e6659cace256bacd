import type { Random } from './random.js';

/**
 * Ranks 1 … count with probability proportional to rank^-exponent, without a table.
 * Source: Hörmann and Derflinger, Rejection-Inversion to Generate Variates from Monotone Discrete Distributions, 1996.
 */
export class ZipfRanks {
  readonly #atFirst: number;
  readonly #atLast: number;
  /** Every x this close below its rank is accepted at once. */
  readonly #squeeze: number;

  /** @param exponent above 0; 1 is fine */
  constructor(
    readonly count: number,
    readonly exponent: number,
  ) {
    this.#atFirst = this.#integral(1.5) - 1;
    this.#atLast = this.#integral(count + 0.5);
    this.#squeeze = 2 - this.#inverse(this.#integral(2.5) - this.#weight(2));
  }

  next(random: Random): number {
    for (;;) {
      const area = this.#atLast + random.fraction() * (this.#atFirst - this.#atLast);
      const x = this.#inverse(area);
      const rank = Math.min(Math.max(Math.floor(x + 0.5), 1), this.count);
      if (rank - x <= this.#squeeze || area >= this.#integral(rank + 0.5) - this.#weight(rank)) return rank;
    }
  }

  #weight(x: number): number {
    return Math.exp(-this.exponent * Math.log(x));
  }

  /** Integral of the weight from 1 to x: (x^(1 - s) - 1) / (1 - s), or log x where s is 1. */
  #integral(x: number): number {
    const log = Math.log(x);
    const t = (1 - this.exponent) * log;
    return Math.abs(t) > 1e-8 ? (Math.expm1(t) / t) * log : (1 + t / 2) * log;
  }

  #inverse(area: number): number {
    // Rounding may take t a little below -1, where the logarithm ends.
    const t = Math.max(area * (1 - this.exponent), -1);
    return Math.exp(Math.abs(t) > 1e-8 ? (Math.log1p(t) / t) * area : (1 - t / 2) * area);
  }
}
