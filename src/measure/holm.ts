/**
 * Holm's step-down procedure: the level that each of several tests has to keep so that all of them together raise a
 * false alarm with probability `alpha` at most, however they depend on each other. A test rejects where its p-value is
 * below its level; with those that follow the first that does not reject, the level goes up no further.
 * Source: S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979).
 * @returns the levels, in the order of the p-values
 */
export function holmLevels(pValues: readonly number[], alpha: number): number[] {
  const levels = new Array<number>(pValues.length);
  const ascending = [...pValues.keys()].sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  let rejecting = true;
  let level = 0;
  for (const [rank, index] of ascending.entries()) {
    if (rejecting) level = alpha / (pValues.length - rank);
    levels[index] = level;
    rejecting &&= (pValues[index] as number) < level;
  }
  return levels;
}
