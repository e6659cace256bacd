import { CORE_SCHEMA, type CoreModel, type EntrySizes } from '../core-model.js';
import { assumed, documented, type Fact, measured } from '../fact.js';
import {
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

const GUIDE = 'Apple Silicon CPU Optimization Guide';
const MEASURED = 'jiegec, apple-m1.md';
const ghz = assumed(3.2, 'Apple M1, from memory');
const sizes: Fact<EntrySizes> = assumed(
  [4 * KIB, 16 * KIB, 64 * KIB, 2 * MIB, 32 * MIB, GIB],
  'only the 16K page was measured; pages and blocks of the other granules are taken to fit',
);

export const APPLE_M1: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'apple-m1',
  title: 'Apple M1, performance core (Firestorm)',
  ghz,
  l1Data: setAssociative(documented(160, GUIDE), measured(5, `${MEASURED}: 32 sets`), sizes),
  l1Instruction: setAssociative(documented(192, GUIDE), assumed(6, '32 sets, as the data side'), sizes),
  l2: {
    unified: setAssociative(
      documented(3072, GUIDE),
      measured(12, `${MEASURED}: 256 sets, indexed by VA[21:14]`),
      sizes,
    ),
  },
  l2HitCycles: measured(6, `${MEASURED}: 3 cycles an access become 9`),
  probeCycles: PROBE_CYCLES,
  walkCache: separateWalkCache(assumed(32, 'not published'), assumed(32, 'not published')),
  walkers: assumed(4, 'not published'),
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: assumed(false, 'nothing found that says so'),
  aggregation: NO_AGGREGATION,
  lines: {
    l2: lineCache(
      assumed(12 * MIB, 'Apple M1, from memory'),
      12,
      measured(
        25,
        `${MEASURED}: a walk with cached descriptors takes 26 to 27.5 cycles, less the walk cache`,
      ),
    ),
    system: lineCache(assumed(8 * MIB, 'Apple M1, from memory'), 16, nanoseconds(SYSTEM_CACHE_NS, ghz)),
    dramCycles: nanoseconds(assumed(110, 'memory on the package'), ghz),
  },
};
