import { CORE_SCHEMA, type CoreModel } from '../core-model.js';
import { assumed, documented } from '../fact.js';
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
import { FOUR_WALKERS_LIKE_N1, sizesLike } from './neoverse.js';

const ghz = assumed(3.3, 'Snapdragon 8 Gen 3, from memory');
const sizes = sizesLike('Neoverse V3');

export const CORTEX_X4: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'cortex-x4',
  title: 'Cortex-X4',
  ghz,
  l1Data: fullyAssociative(
    documented(96, 'Arm slide, from 48 to 96; collected in jiegec, arm-core-development.md'),
    sizes.data,
  ),
  l1Instruction: fullyAssociative(
    assumed(48, 'as Neoverse V3; a slide on its successor would imply 64'),
    sizes.instruction,
  ),
  l2: {
    unified: setAssociative(
      assumed(2048, 'as Neoverse V3 and Cortex-X925'),
      assumed(8, 'as Neoverse V3 and Cortex-X925'),
      sizes.second,
    ),
  },
  l2HitCycles: assumed(6, 'as measured on Neoverse V3'),
  probeCycles: PROBE_CYCLES,
  walkCache: walkCacheInSecondLevel(assumed('in-l2', 'as Neoverse N2')),
  walkers: FOUR_WALKERS_LIKE_N1,
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: MERGES_BY_SIZES,
  aggregation: AGGREGATION_OFF,
  lines: {
    l2: lineCache(assumed(2 * MIB, 'Snapdragon 8 Gen 3, from memory'), 8, assumed(11, 'as Neoverse V2')),
    system: lineCache(assumed(8 * MIB, 'a phone'), 16, nanoseconds(SYSTEM_CACHE_NS, ghz)),
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
