// Verdicts that are asked for several times while samples come in: what is clear early needs no more of them.
import { type JudgedRatio, judgeRatios, type RatioSamples } from './ratio-verdict.js';

interface RatioBenchmark {
  readonly name: string;
  readonly margin: number;
}

/** The two logarithms of ratios that one process gives for one benchmark. */
interface RatioPair {
  readonly candidate: number;
  readonly control: number;
}

interface Series extends RatioSamples {
  readonly candidate: number[];
  readonly control: number[];
  judged: JudgedRatio | null;
}

/**
 * Collects samples and gives verdicts at `looks` moments at most. A verdict once given stays. Each look has its share of
 * `alpha`, so that all of them together raise a false alarm with that probability at most.
 */
export class SequentialVerdicts {
  readonly #series: ReadonlyMap<string, Series>;
  readonly #alphaEach: number;

  constructor(benchmarks: readonly RatioBenchmark[], looks: number, alpha: number) {
    this.#alphaEach = alpha / looks;
    this.#series = new Map(
      benchmarks.map(({ name, margin }) => [name, { margin, candidate: [], control: [], judged: null }]),
    );
  }

  /** Names of the benchmarks that have no verdict yet. */
  get undecided(): string[] {
    return [...this.#series].filter(([, { judged }]) => judged === null).map(([name]) => name);
  }

  /** @throws RangeError where there is no such benchmark */
  add(name: string, { candidate, control }: RatioPair): void {
    const series = this.#series.get(name);
    if (series === undefined) throw new RangeError(`no benchmark is called '${name}'`);
    series.candidate.push(candidate);
    series.control.push(control);
  }

  /** Gives the verdicts that are clear by now. With `last`, inconclusive is one. */
  look(last: boolean): void {
    // All of them, decided or not: what Holm's levels divide by must not depend on the samples.
    const series = [...this.#series.values()];
    for (const [i, judged] of judgeRatios(series, this.#alphaEach).entries()) {
      const one = series[i] as Series;
      if (one.judged === null && (last || judged.verdict !== 'inconclusive')) one.judged = judged;
    }
  }

  /** What has been decided, in the order of the benchmarks, with the number of samples. */
  get decided(): (RatioBenchmark & JudgedRatio & { samples: number })[] {
    return [...this.#series].flatMap(([name, { margin, candidate, judged }]) =>
      judged === null ? [] : [{ name, margin, ...judged, samples: candidate.length }],
    );
  }
}
