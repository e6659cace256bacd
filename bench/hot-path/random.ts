// Random numbers that are the same in every run.

/** Marsaglia's xorshift32 (shifts 13, 17, 5): each call returns the next of 2^32 - 1 values, never 0. */
export function xorshift32(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** A function that returns random integers from 0 up to `count`, a power of two, exclusive. */
export function randomBelow(count: number, seed: number): () => number {
  const next = xorshift32(seed);
  const shift = 32 - Math.log2(count);
  return shift === 32 ? () => 0 : () => next() >>> shift;
}
