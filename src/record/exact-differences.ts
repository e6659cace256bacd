// Exact results against exact results: equal or not, and where not, which case and which counter.
import type { ExactCase } from './exact-cases.js';

/** One value that is not what it was. Numbers for counters, text for the digest. */
export interface ExactDifference {
  /** Name of the case. */
  name: string;
  /** A counter's name or `digest`; `new case` or `vanished case`, whose values are null, where one side has none. */
  counter: string;
  old: number | string | null;
  new: number | string | null;
}

/** All differences of one counter. */
export interface DifferenceGroup {
  counter: string;
  /** By name of their cases. */
  differences: ExactDifference[];
}

const NEW_CASE = 'new case';
const VANISHED_CASE = 'vanished case';
export const DIGEST = 'digest';

/**
 * Every difference between two sets of cases, by name of the case. A counter that one side has not is zero there; a
 * digest counts where both sides have one.
 * @param expects whether a case that is only among `old` should be among `now` as well; default: every one
 */
export function exactDifferences(
  old: readonly ExactCase[],
  now: readonly ExactCase[],
  expects: (name: string) => boolean = () => true,
): ExactDifference[] {
  const before = new Map(old.map((one) => [one.name, one]));
  const after = new Map(now.map((one) => [one.name, one]));
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined) return [{ name, counter: NEW_CASE, old: null, new: null }];
    if (is !== undefined) return caseDifferences(was, is);
    return expects(name) ? [{ name, counter: VANISHED_CASE, old: null, new: null }] : [];
  });
}

function caseDifferences(was: ExactCase, is: ExactCase): ExactDifference[] {
  const { name } = was;
  const counters = new Set([...Object.keys(was.counters), ...Object.keys(is.counters)]);
  const differences = [...counters].flatMap((counter): ExactDifference[] => {
    const [old, now] = [was.counters[counter] ?? 0, is.counters[counter] ?? 0];
    return old === now ? [] : [{ name, counter, old, new: now }];
  });
  if (was.digest !== is.digest && was.digest !== '' && is.digest !== '') {
    differences.push({ name, counter: DIGEST, old: was.digest, new: is.digest });
  }
  return differences;
}

/** By counter: those with most differences first; digests, which only follow from something else, after all counters. */
export function groupDifferences(differences: readonly ExactDifference[]): DifferenceGroup[] {
  const groups = new Map<string, ExactDifference[]>();
  for (const one of differences) {
    const group = groups.get(one.counter);
    if (group) group.push(one);
    else groups.set(one.counter, [one]);
  }
  return [...groups]
    .map(([counter, all]) => ({ counter, differences: all }))
    .sort((a, b) => rank(a) - rank(b) || b.differences.length - a.differences.length);
}

function rank({ counter }: DifferenceGroup): number {
  return [DIGEST, NEW_CASE, VANISHED_CASE].indexOf(counter);
}

/** How many cases differ. */
export function casesOf(differences: readonly ExactDifference[]): number {
  return new Set(differences.map(({ name }) => name)).size;
}
