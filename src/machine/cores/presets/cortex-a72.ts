import { CORE_SCHEMA, type CoreModel } from '../core-model.js';
import { assumed, documented, measured } from '../fact.js';
import {
  fullyAssociative,
  KIB,
  lineCache,
  MIB,
  NO_AGGREGATION,
  nanoseconds,
  OUT_OF_ORDER_ACCESS,
  PROBE_CYCLES,
  separateWalkCache,
  setAssociative,
} from './assumptions.js';

const TRM = 'Cortex-A72 TRM, as quoted by Chips and Cheese';
const MEASURED = 'Chips and Cheese, Cortex-A72 (Graviton1)';
const ghz = assumed(2.3, 'Graviton1, from memory');

export const CORTEX_A72: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'cortex-a72',
  title: 'Cortex-A72 (Graviton1)',
  ghz,
  l1Data: fullyAssociative(documented(32, TRM), documented([4 * KIB, 64 * KIB, MIB], TRM)),
  l1Instruction: fullyAssociative(
    assumed(48, 'Cortex-A72 TRM, from memory'),
    assumed([4 * KIB, 64 * KIB, MIB], 'as the data side'),
  ),
  l2: {
    unified: setAssociative(
      documented(1024, TRM),
      documented(4, TRM),
      assumed([4 * KIB, 64 * KIB, MIB, 2 * MIB, 16 * MIB, 512 * MIB], 'sizes of the architecture up to 512M'),
    ),
  },
  l2HitCycles: measured(7, MEASURED),
  probeCycles: PROBE_CYCLES,
  walkCache: separateWalkCache(assumed(32, 'not found'), assumed(32, 'not found')),
  walkers: assumed(1, 'not found; the fewest'),
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: assumed(
    true,
    '64K is a size of an entry; no manual promises that a contiguous group takes one',
  ),
  aggregation: NO_AGGREGATION,
  lines: {
    l2: lineCache(assumed(2 * MIB, 'a cluster of Graviton1, from memory'), 16, measured(21, MEASURED)),
    system: null,
    dramCycles: nanoseconds(measured(92, MEASURED), ghz),
  },
};
