import { CORE_SCHEMA, type CoreModel, type EntrySizes } from '../core-model.js';
import { assumed, documented, type Fact } from '../fact.js';
import {
  DRAM_NS,
  fullyAssociative,
  IN_ORDER_ACCESS,
  KIB,
  lineCache,
  MIB,
  NO_AGGREGATION,
  nanoseconds,
  PROBE_CYCLES,
  SYSTEM_CACHE_NS,
  separateWalkCache,
  setAssociative,
} from './assumptions.js';

const TRM = 'Agilex 5 HPS TRM §3.6.3.4.1';
const ghz = assumed(1.5, 'Agilex 5, from memory');
const firstLevelSizes: Fact<EntrySizes> = assumed(
  [4 * KIB, 16 * KIB, 64 * KIB, 2 * MIB],
  `larger entries are broken down for the first level (${TRM}); to which size is not said`,
);

export const CORTEX_A55: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'cortex-a55',
  title: 'Cortex-A55',
  ghz,
  l1Data: fullyAssociative(documented(16, TRM), firstLevelSizes),
  l1Instruction: fullyAssociative(documented(15, TRM), firstLevelSizes),
  l2: {
    unified: setAssociative(
      documented(1024, TRM),
      documented(4, TRM),
      documented('any', `${TRM}: all sizes`),
    ),
  },
  l2HitCycles: assumed(4, 'not found'),
  probeCycles: PROBE_CYCLES,
  walkCache: separateWalkCache(documented(64, `${TRM}: table descriptors only`), documented(4, TRM)),
  walkers: assumed(1, 'not found; the fewest'),
  cyclesPerAccess: IN_ORDER_ACCESS,
  mergesContiguous: assumed(
    true,
    'the second level holds all sizes; that a contiguous group takes one entry is not said',
  ),
  aggregation: NO_AGGREGATION,
  lines: {
    l2: lineCache(assumed(128 * KIB, 'Agilex 5, from memory'), 4, assumed(10, 'a small private cache')),
    system: lineCache(assumed(2 * MIB, 'Agilex 5, from memory'), 16, nanoseconds(SYSTEM_CACHE_NS, ghz)),
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
