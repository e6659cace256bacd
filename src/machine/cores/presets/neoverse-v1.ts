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

const SLIDE = 'Arm, Hot Chips 2023: Neoverse V2 against V1';
const ghz = assumed(2.6, 'Graviton3, from memory');
const sizes = sizesLike('Neoverse V2');

export const NEOVERSE_V1: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'neoverse-v1',
  title: 'Neoverse V1 (Graviton3)',
  ghz,
  l1Data: fullyAssociative(documented(40, `${SLIDE}, from 40 to 48`), sizes.data),
  l1Instruction: fullyAssociative(assumed(48, 'as Neoverse V2'), sizes.instruction),
  l2: {
    unified: setAssociative(
      documented(2048, 'Arm slide, from 1.2K to 2K; collected in jiegec, arm-core-development.md'),
      assumed(8, 'as Neoverse V2'),
      sizes.second,
    ),
  },
  l2HitCycles: assumed(5, 'as measured on Neoverse V2'),
  probeCycles: PROBE_CYCLES,
  walkCache: walkCacheInSecondLevel(assumed('in-l2', 'as Neoverse N1')),
  walkers: FOUR_WALKERS_LIKE_N1,
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: MERGES_BY_SIZES,
  aggregation: AGGREGATION_OFF,
  lines: {
    l2: lineCache(assumed(MIB, 'Graviton3, from memory'), 8, assumed(13, 'as Neoverse N2')),
    system: lineCache(assumed(32 * MIB, 'Graviton3, from memory'), 16, nanoseconds(SYSTEM_CACHE_NS, ghz)),
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
