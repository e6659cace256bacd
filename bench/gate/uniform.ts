import type { Random } from '../../src/measure/paired-ratio.js';
import { xorshift32 } from '../hot-path/random.js';

/** Numbers from 0 up to 1, exclusive, the same for the same seed. Neighbouring seeds have nothing in common. */
export function uniform(seed: number): Random {
  // Knuth's multiplicative hash; xorshift stays at 0 where it begins there.
  const next = xorshift32(Math.imul(seed, 0x9e3779b1) || 1);
  for (let i = 0; i < 8; i++) next();
  return () => next() / 2 ** 32;
}
