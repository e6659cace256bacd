// What the ratios of several processes say of each benchmark, next to a control that compares two equal things.
import { holmLevels } from './holm.js';
import { type MeanEstimate, meanInterval, outsideProbability, trimmedMean } from './mean-interval.js';

export type RatioVerdict = 'regressed' | 'improved' | 'unchanged' | 'inconclusive';

/** One benchmark: logarithms of ratios, one of each process. */
export interface RatioSamples {
  readonly candidate: readonly number[];
  readonly control: readonly number[];
  /** Ratio that is still no change, 0.03 for 3 %. Slower by it and faster by it are equally far: 1.03 and 1 / 1.03. */
  readonly margin: number;
}

/** A ratio with the interval that holds it at the confidence given. 1: equally fast; above: slower. */
export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

export interface JudgedRatio {
  readonly verdict: RatioVerdict;
  /** The control could not be shown to be within the margin: then there is no verdict but inconclusive. */
  readonly tooNoisy: boolean;
  readonly candidate: RatioInterval;
  readonly control: RatioInterval;
}

/**
 * A verdict on each benchmark, read off its confidence interval: regressed or improved where the interval lies outside
 * the margin, unchanged where it lies inside, otherwise inconclusive. With probability `alpha` at most is any of the
 * benchmarks called regressed or improved though its true ratio is within the margin (Holm's levels).
 *
 * Student's t over processes, not over samples: what is placed where in memory is drawn once a process and moves all
 * its samples together. Trimmed, because on a busy machine one process in ten goes astray. Not the bootstrap: from ten
 * processes its intervals are too narrow at levels of a thousandth.
 */
export function judgeRatios(benchmarks: readonly RatioSamples[], alpha: number): JudgedRatio[] {
  const estimates = benchmarks.map(({ candidate }) => trimmedMean(candidate));
  const levels = holmLevels(
    benchmarks.map(({ margin }, i) => outsideProbability(estimates[i] as MeanEstimate, Math.log1p(margin))),
    alpha,
  );
  return benchmarks.map(({ control, margin }, i) => {
    const confidence = 1 - (levels[i] as number);
    const candidateInterval = interval(estimates[i] as MeanEstimate, confidence);
    const controlInterval = interval(trimmedMean(control), confidence);
    const tooNoisy = place(controlInterval, margin) !== 'unchanged';
    return {
      verdict: tooNoisy ? 'inconclusive' : place(candidateInterval, margin),
      tooNoisy,
      candidate: candidateInterval,
      control: controlInterval,
    };
  });
}

function interval(estimate: MeanEstimate, confidence: number): RatioInterval {
  const { low, high } = meanInterval(estimate, confidence);
  return { ratio: Math.exp(estimate.mean), low: Math.exp(low), high: Math.exp(high), confidence };
}

function place({ low, high }: RatioInterval, margin: number): RatioVerdict {
  const most = 1 + margin;
  if (low > most) return 'regressed';
  if (high < 1 / most) return 'improved';
  return low >= 1 / most && high <= most ? 'unchanged' : 'inconclusive';
}
