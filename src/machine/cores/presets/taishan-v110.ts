import { CORE_SCHEMA, type CoreModel, type EntrySizes } from '../core-model.js';
import { assumed, type Fact, measured } from '../fact.js';
import {
  DRAM_NS,
  fullyAssociative,
  GIB,
  KIB,
  lineCache,
  MIB,
  NO_AGGREGATION,
  nanoseconds,
  OUT_OF_ORDER_ACCESS,
  PROBE_CYCLES,
  SYSTEM_CACHE_NS,
  separateWalkCache,
  setAssociative,
} from './assumptions.js';

const MEASURED = 'Chips and Cheese, Kunpeng 920';
const ghz = assumed(2.6, 'Kunpeng 920, from memory');
const sizes: Fact<EntrySizes> = assumed(
  [4 * KIB, 16 * KIB, 64 * KIB, 2 * MIB, 32 * MIB, 512 * MIB, GIB],
  'only the 4K page was measured',
);

export const TAISHAN_V110: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'taishan-v110',
  title: 'TaiShan v110 (Kunpeng 920)',
  ghz,
  l1Data: fullyAssociative(measured(32, MEASURED), sizes),
  l1Instruction: fullyAssociative(measured(32, MEASURED), sizes),
  l2: {
    unified: setAssociative(
      measured(1024, `${MEASURED}; whether instructions share it was not tested`),
      assumed(4, 'as other cores of its time'),
      sizes,
    ),
  },
  l2HitCycles: measured(11, MEASURED),
  probeCycles: PROBE_CYCLES,
  walkCache: separateWalkCache(assumed(32, 'not published'), assumed(32, 'not published')),
  walkers: assumed(1, 'not found; the fewest'),
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: assumed(false, 'nothing found that says so'),
  aggregation: NO_AGGREGATION,
  lines: {
    l2: lineCache(assumed(512 * KIB, 'Kunpeng 920, from memory'), 8, measured(10, MEASURED)),
    system: lineCache(
      assumed(32 * MIB, 'one die of a Kunpeng 920, from memory'),
      16,
      nanoseconds(SYSTEM_CACHE_NS, ghz),
    ),
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
