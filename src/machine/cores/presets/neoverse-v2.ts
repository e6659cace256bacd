import { CORE_SCHEMA, type CoreModel } from '../core-model.js';
import { assumed, documented, measured } from '../fact.js';
import {
  AGGREGATION_OFF,
  DRAM_NS,
  fullyAssociative,
  lineCache,
  MERGES_BY_SIZES,
  MIB,
  nanoseconds,
  OUT_OF_ORDER_ACCESS,
  PROBE_CYCLES,
  setAssociative,
  walkCacheInSecondLevel,
} from './assumptions.js';
import { FOUR_WALKERS_LIKE_N1, secondLevelSizesLike, sizesOfN2 } from './neoverse.js';

const TRM = 'Neoverse V2 TRM, as quoted in jiegec, arm-neoverse-v2.md';
const ghz = assumed(2.8, 'Graviton4, from memory');
const sizes = sizesOfN2(TRM);

export const NEOVERSE_V2: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'neoverse-v2',
  title: 'Neoverse V2 (Graviton4, Grace)',
  ghz,
  l1Data: fullyAssociative(documented(48, TRM), sizes.data),
  l1Instruction: fullyAssociative(documented(48, TRM), sizes.instruction),
  l2: {
    unified: setAssociative(
      documented(2048, `${TRM}; measured, instruction fetch seems to use half of it`),
      documented(8, TRM),
      secondLevelSizesLike('Neoverse N2'),
    ),
  },
  l2HitCycles: documented(6, `${TRM}; 5 measured by Chips and Cheese`),
  probeCycles: PROBE_CYCLES,
  walkCache: walkCacheInSecondLevel(assumed('in-l2', 'as Neoverse N2')),
  walkers: FOUR_WALKERS_LIKE_N1,
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: MERGES_BY_SIZES,
  aggregation: AGGREGATION_OFF,
  lines: {
    l2: lineCache(assumed(2 * MIB, 'Graviton4, from memory'), 8, measured(11, 'Chips and Cheese, Graviton4')),
    system: lineCache(
      assumed(36 * MIB, 'Graviton4, from memory'),
      18,
      measured(68, 'Chips and Cheese, Graviton4: 68 cycles, about 25 ns'),
    ),
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
