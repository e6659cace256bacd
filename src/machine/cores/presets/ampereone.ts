import { CORE_SCHEMA, type CoreModel, type EntrySizes } from '../core-model.js';
import { assumed, documented, type Fact, measured } from '../fact.js';
import {
  fullyAssociative,
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

const SLIDE = 'Ampere, Hot Chips 2024';
const MEASURED = 'Chips and Cheese, AmpereOne';
const ghz = measured(3, MEASURED);
const sizes: Fact<EntrySizes> = documented('any', `${SLIDE}: every entry holds any page size`);

export const AMPEREONE: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'ampereone',
  title: 'AmpereOne',
  ghz,
  l1Data: fullyAssociative(documented(64, SLIDE), sizes),
  l1Instruction: setAssociative(documented(64, SLIDE), documented(4, SLIDE), sizes),
  l2: {
    data: setAssociative(documented(1536, SLIDE), documented(6, SLIDE), sizes),
    instruction: setAssociative(documented(768, SLIDE), documented(6, SLIDE), sizes),
  },
  l2HitCycles: assumed(6, 'not published; as most large cores'),
  probeCycles: PROBE_CYCLES,
  walkCache: separateWalkCache(assumed(32, 'not published'), assumed(32, 'not published')),
  walkers: documented(8, `${SLIDE}: eight walks for data, and eight more for instructions`),
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: assumed(true, 'entries hold any size; that a contiguous group takes one is not said'),
  aggregation: NO_AGGREGATION,
  lines: {
    l2: lineCache(
      documented(2 * MIB, 'Ampere, product description'),
      8,
      measured(11, `${MEASURED}: 3.68 ns`),
    ),
    system: lineCache(
      documented(64 * MIB, 'Ampere, product description'),
      16,
      nanoseconds(SYSTEM_CACHE_NS, ghz),
    ),
    dramCycles: nanoseconds(measured(166, MEASURED), ghz),
  },
};
