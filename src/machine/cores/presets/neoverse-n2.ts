import { CORE_SCHEMA, type CoreModel } from '../core-model.js';
import { assumed, documented, measured } from '../fact.js';
import {
  AGGREGATION_OFF,
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
import { FOUR_WALKERS_LIKE_N1, sizesOfN2 } from './neoverse.js';

const TRM = 'Neoverse N2 TRM r0p3 §6';
const YITIAN = 'Chips and Cheese, Yitian 710';
const ghz = assumed(2.75, 'Yitian 710, from memory');
const sizes = sizesOfN2(TRM);

export const NEOVERSE_N2: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'neoverse-n2',
  title: 'Neoverse N2 (Yitian 710, Cobalt 100)',
  ghz,
  l1Data: fullyAssociative(documented(44, TRM), sizes.data),
  l1Instruction: fullyAssociative(documented(48, TRM), sizes.instruction),
  l2: {
    unified: setAssociative(
      documented(1280, TRM),
      documented(5, `${TRM}, table 6-1; table 10-46 has a sixth way, which the manual does not resolve`),
      sizes.second,
    ),
  },
  l2HitCycles: documented(3, TRM),
  probeCycles: PROBE_CYCLES,
  walkCache: walkCacheInSecondLevel(
    documented('in-l2', `${TRM}: the second level also keeps walk intermediates`),
  ),
  walkers: FOUR_WALKERS_LIKE_N1,
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: MERGES_BY_SIZES,
  aggregation: AGGREGATION_OFF,
  lines: {
    l2: lineCache(assumed(MIB, 'Yitian 710, from memory'), 8, measured(13, `${YITIAN}: 13 to 14 cycles`)),
    system: lineCache(
      assumed(64 * MIB, 'Yitian 710, from memory'),
      16,
      nanoseconds(measured(35.5, YITIAN), ghz),
    ),
    dramCycles: nanoseconds(measured(141, YITIAN), ghz),
  },
};
