import { CORE_SCHEMA, type CoreModel } from '../core-model.js';
import { assumed, documented } from '../fact.js';
import {
  DRAM_NS,
  fullyAssociative,
  KIB,
  lineCache,
  MERGES_BY_SIZES,
  MIB,
  NO_AGGREGATION,
  nanoseconds,
  OUT_OF_ORDER_ACCESS,
  PROBE_CYCLES,
  SYSTEM_CACHE_NS,
  setAssociative,
  walkCacheInSecondLevel,
} from './assumptions.js';
import { sizesOfN1 } from './neoverse.js';

const TRM = 'Cortex-A76 TRM §A5.2';
const ghz = assumed(2.4, 'Broadcom BCM2712, from memory');
const sizes = sizesOfN1(TRM);

export const CORTEX_A76: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'cortex-a76',
  title: 'Cortex-A76',
  ghz,
  l1Data: fullyAssociative(documented(48, TRM), sizes.data),
  l1Instruction: fullyAssociative(documented(48, TRM), sizes.instruction),
  l2: { unified: setAssociative(documented(1280, TRM), documented(5, TRM), sizes.second) },
  l2HitCycles: documented(3, `${TRM}: usually three cycles, longer where another size must be probed`),
  probeCycles: PROBE_CYCLES,
  walkCache: walkCacheInSecondLevel(
    documented('in-l2', `${TRM}: the second level also keeps walk intermediates`),
  ),
  walkers: documented(4, `${TRM}: four walks in parallel`),
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: MERGES_BY_SIZES,
  aggregation: NO_AGGREGATION,
  lines: {
    l2: lineCache(assumed(512 * KIB, 'Broadcom BCM2712, from memory'), 8, assumed(14, 'as Neoverse N1')),
    system: lineCache(
      assumed(2 * MIB, 'Broadcom BCM2712, from memory'),
      16,
      nanoseconds(SYSTEM_CACHE_NS, ghz),
    ),
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
