// The rates that matter, found by playing many sessions with noise that is known.
import { describe, expect, it } from 'vitest';
import { uniform } from '../../bench/gate/uniform.js';
import type { Random } from '../../src/measure/paired-ratio.js';
import { SequentialVerdicts } from '../../src/measure/sequential-verdicts.js';

const LOOKS = [9, 18, 30];
const BENCHMARKS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => ({ name, margin: 0.03 }));

type Noise = (random: Random) => number;

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** One process in eight lands where everything is ten times as uncertain. */
function outliers(random: Random): number {
  return normal(random) * (random() < 1 / 8 ? 10 : 1);
}

/** Skewed, as interruptions make it; mean 0. */
function skewed(random: Random): number {
  return -Math.log(1 - random()) - 1;
}

/** A session of the gate: what is said of each benchmark. */
function session(shift: number, spread: number, noise: Noise, random: Random) {
  const verdicts = new SequentialVerdicts(BENCHMARKS, LOOKS.length, 0.05);
  let processes = 0;
  for (const look of LOOKS) {
    const undecided = verdicts.undecided;
    for (; processes < look; processes++) {
      for (const name of undecided) {
        // Two references of the same spread: the candidate is held against their mean.
        const [one, other, candidate] = [noise(random), noise(random), noise(random)].map((x) => x * spread);
        verdicts.add(name, {
          candidate: shift + (candidate as number) - ((one as number) + (other as number)) / 2,
          control: (other as number) - (one as number),
        });
      }
    }
    verdicts.look(look === LOOKS.at(-1));
  }
  return verdicts.decided;
}

/** Share of sessions in which some benchmark, and in which the first, is called regressed or improved. */
function rates(sessions: number, shift: number, spread: number, noise: Noise) {
  const random = uniform(20_24);
  let any = 0;
  let first = 0;
  for (let i = 0; i < sessions; i++) {
    const changed = session(shift, spread, noise, random).map(
      ({ verdict }) => verdict === 'regressed' || verdict === 'improved',
    );
    if (changed.includes(true)) any++;
    if (changed[0]) first++;
  }
  return { any: any / sessions, first: first / sessions };
}

describe('SequentialVerdicts', () => {
  const noises = { normal, outliers, skewed };

  describe.each(Object.entries(noises))('with %s noise', (_, noise) => {
    it.each([0.002, 0.01, 0.03, 0.1])('raises no alarm over equal cores, spread %f', (spread) => {
      expect(rates(60, 0, spread, noise).any).toBe(0);
    });

    it('sees a core that is 5 % slower, spread 0.4 %', () => {
      expect(rates(60, Math.log(1.05), 0.004, noise).first).toBeGreaterThanOrEqual(0.95);
    });
  });

  it('sees a core that is 5 % slower, normal noise of 1.2 %', () => {
    expect(rates(100, Math.log(1.05), 0.012, normal).first).toBeGreaterThanOrEqual(0.95);
  });

  it('keeps to alpha even where every core is slower by just the margin', () => {
    // 0.05 and three standard errors of a rate from 300 sessions.
    expect(rates(300, Math.log(1.03), 0.004, normal).any).toBeLessThanOrEqual(0.05 + 0.038);
  });

  it('asks for more samples only of what is undecided, and keeps a verdict', () => {
    const verdicts = new SequentialVerdicts(BENCHMARKS.slice(0, 2), 2, 0.05);
    for (let i = 0; i < 9; i++) {
      verdicts.add('a', { candidate: 0.1 + i / 1e4, control: i / 1e4 });
      verdicts.add('b', { candidate: (i - 4) / 50, control: 0 });
    }
    verdicts.look(false);
    expect(verdicts.undecided).toEqual(['b']);
    expect(verdicts.decided).toMatchObject([{ name: 'a', verdict: 'regressed', samples: 9 }]);
    for (let i = 0; i < 90; i++) verdicts.add('a', { candidate: -0.1, control: 0 });
    verdicts.look(true);
    expect(verdicts.undecided).toEqual([]);
    expect(verdicts.decided).toMatchObject([
      { name: 'a', verdict: 'regressed' },
      { name: 'b', verdict: 'inconclusive' },
    ]);
  });

  it('knows its benchmarks', () => {
    const verdicts = new SequentialVerdicts(BENCHMARKS, 1, 0.05);
    expect(() => verdicts.add('z', { candidate: 0, control: 0 })).toThrow(RangeError);
  });
});
