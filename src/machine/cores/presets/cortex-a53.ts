import { CORE_SCHEMA, type CoreModel } from '../core-model.js';
import { assumed, documented } from '../fact.js';
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
  separateWalkCache,
  setAssociative,
} from './assumptions.js';

const TRM = 'Cortex-A53 TRM (DDI0500) §5.2.2';
const ghz = assumed(1.5, 'Stratix 10, from memory');
const SIZES = [4 * KIB, 64 * KIB, 2 * MIB, 512 * MIB];
const firstLevelSizes = assumed(SIZES, 'as the second level');

export const CORTEX_A53: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'cortex-a53',
  title: 'Cortex-A53',
  ghz,
  l1Data: fullyAssociative(documented(10, TRM), firstLevelSizes),
  l1Instruction: fullyAssociative(documented(10, TRM), firstLevelSizes),
  l2: {
    unified: setAssociative(
      documented(512, TRM),
      documented(4, TRM),
      documented(SIZES, `${TRM}: all block sizes but 1G, which is split into 512M`),
    ),
  },
  l2HitCycles: assumed(
    6,
    'four to ten cycles; the manual only says that it varies with contention and sizes',
  ),
  probeCycles: PROBE_CYCLES,
  walkCache: separateWalkCache(documented(64, TRM), documented(4, TRM)),
  walkers: assumed(1, 'not found; the fewest'),
  cyclesPerAccess: IN_ORDER_ACCESS,
  mergesContiguous: assumed(
    true,
    '64K is a size of an entry; no manual promises that a contiguous group takes one',
  ),
  aggregation: NO_AGGREGATION,
  lines: {
    l2: lineCache(assumed(MIB, 'Stratix 10, from memory'), 16, assumed(15, 'a shared second-level cache')),
    system: null,
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
