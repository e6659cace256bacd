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
  SYSTEM_CACHE_NS,
  setAssociative,
  walkCacheInSecondLevel,
} from './assumptions.js';
import { FOUR_WALKERS_LIKE_N1, secondLevelSizesLike, sizesOfN2 } from './neoverse.js';

const TRM = 'Neoverse V3 TRM, as quoted in jiegec, arm-neoverse-v3.md';
const ghz = assumed(3, 'round; no clock of a product was looked up');
const sizes = sizesOfN2(TRM);

export const NEOVERSE_V3: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'neoverse-v3',
  title: 'Neoverse V3',
  ghz,
  l1Data: fullyAssociative(documented(96, TRM), sizes.data),
  l1Instruction: fullyAssociative(documented(48, TRM), sizes.instruction),
  l2: {
    unified: setAssociative(
      documented(2048, `${TRM}; measured, instruction fetch seems to use half of it`),
      documented(8, TRM),
      secondLevelSizesLike('Neoverse N2'),
    ),
  },
  l2HitCycles: measured(6, 'jiegec, arm-neoverse-v3.md'),
  probeCycles: PROBE_CYCLES,
  walkCache: walkCacheInSecondLevel(assumed('in-l2', 'as Neoverse N2')),
  walkers: FOUR_WALKERS_LIKE_N1,
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: MERGES_BY_SIZES,
  aggregation: AGGREGATION_OFF,
  lines: {
    l2: lineCache(assumed(2 * MIB, 'as Neoverse V2'), 8, assumed(11, 'as Neoverse V2')),
    system: lineCache(assumed(64 * MIB, 'a large mesh server'), 16, nanoseconds(SYSTEM_CACHE_NS, ghz)),
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
