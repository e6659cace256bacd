// What the cores of the line Cortex-A76, Neoverse N1 and its successors share.
import type { EntrySizes } from '../core-model.js';
import { assumed, documented, type Fact } from '../fact.js';
import { GIB, KIB, MIB } from './assumptions.js';

const DATA_SIZES = [4 * KIB, 16 * KIB, 64 * KIB, 2 * MIB, 512 * MIB];
const INSTRUCTION_SIZES_TO_2M = [4 * KIB, 16 * KIB, 64 * KIB, 2 * MIB];
const INSTRUCTION_SIZES_TO_32M = [...INSTRUCTION_SIZES_TO_2M, 32 * MIB];
const ALL_SIZES = [4 * KIB, 16 * KIB, 64 * KIB, 2 * MIB, 32 * MIB, 512 * MIB, GIB];

interface EntrySizesOfCore {
  data: Fact<EntrySizes>;
  instruction: Fact<EntrySizes>;
  second: Fact<EntrySizes>;
}

/** Cortex-A76 and Neoverse N1: the first data level knows neither 32M nor 1G, the second level knows all. */
export function sizesOfN1(manual: string): EntrySizesOfCore {
  return {
    data: documented(DATA_SIZES, manual),
    instruction: documented(INSTRUCTION_SIZES_TO_32M, manual),
    second: documented(ALL_SIZES, manual),
  };
}

/** Neoverse N2 and later: the first instruction level ends at 2M. */
export function sizesOfN2(manual: string): EntrySizesOfCore {
  return {
    data: documented(DATA_SIZES, manual),
    instruction: documented(INSTRUCTION_SIZES_TO_2M, manual),
    second: documented(ALL_SIZES, manual),
  };
}

/** Cores of this line whose sizes were not found. */
export function sizesLike(core: string): EntrySizesOfCore {
  const source = `as ${core}`;
  return {
    data: assumed(DATA_SIZES, source),
    instruction: assumed(INSTRUCTION_SIZES_TO_2M, source),
    second: assumed(ALL_SIZES, source),
  };
}

/** Cores of this line whose first-level sizes are known and whose second level is not described. */
export function secondLevelSizesLike(core: string): Fact<EntrySizes> {
  return assumed(ALL_SIZES, `as ${core}`);
}

export const FOUR_WALKERS_LIKE_N1 = assumed(4, 'as Neoverse N1; not published');
