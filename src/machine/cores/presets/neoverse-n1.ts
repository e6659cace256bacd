import { CORE_SCHEMA, type CoreModel } from '../core-model.js';
import { assumed, documented, measured } from '../fact.js';
import {
  DRAM_NS,
  fullyAssociative,
  lineCache,
  MERGES_BY_SIZES,
  MIB,
  NO_AGGREGATION,
  nanoseconds,
  OUT_OF_ORDER_ACCESS,
  PROBE_CYCLES,
  setAssociative,
  walkCacheInSecondLevel,
} from './assumptions.js';
import { sizesOfN1 } from './neoverse.js';

const TRM = 'Neoverse N1 TRM §6.2';
const ghz = assumed(3, 'Ampere Altra, from memory');
const sizes = sizesOfN1(TRM);

export const NEOVERSE_N1: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'neoverse-n1',
  title: 'Neoverse N1 (Ampere Altra, Graviton2)',
  ghz,
  l1Data: fullyAssociative(documented(48, TRM), sizes.data),
  l1Instruction: fullyAssociative(documented(48, TRM), sizes.instruction),
  l2: { unified: setAssociative(documented(1280, TRM), documented(5, TRM), sizes.second) },
  l2HitCycles: documented(3, `${TRM}: usually three cycles, longer where another size must be probed`),
  probeCycles: PROBE_CYCLES,
  walkCache: walkCacheInSecondLevel(
    documented('in-l2', `${TRM}: the second level also keeps walk intermediates`),
  ),
  walkers: documented(4, 'Neoverse N1 TRM §6.3: four walks in parallel'),
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: MERGES_BY_SIZES,
  aggregation: NO_AGGREGATION,
  lines: {
    l2: lineCache(
      assumed(MIB, 'Ampere Altra, from memory'),
      8,
      measured(14, 'Chips and Cheese, Altra: about 13.5 cycles'),
    ),
    system: lineCache(
      assumed(32 * MIB, 'Ampere Altra, from memory'),
      16,
      nanoseconds(measured(35, 'Chips and Cheese, Altra'), ghz),
    ),
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
