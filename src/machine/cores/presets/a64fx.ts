import { CORE_SCHEMA, type CoreModel, type EntrySizes, type TlbModel } from '../core-model.js';
import { assumed, documented, type Fact } from '../fact.js';
import {
  DRAM_NS,
  lineCache,
  MIB,
  NO_AGGREGATION,
  nanoseconds,
  OUT_OF_ORDER_ACCESS,
  PROBE_CYCLES,
  separateWalkCache,
} from './assumptions.js';

const MANUAL = 'A64FX Microarchitecture Manual 1.8.1 §8';
const ghz = assumed(2.2, 'Fugaku, boosted, from memory');
const sizes: Fact<EntrySizes> = documented('any', MANUAL);

const first: TlbModel = {
  entries: documented(16, MANUAL),
  ways: documented(16, MANUAL),
  policy: documented('fifo', MANUAL),
  sizes,
};

const second: TlbModel = {
  entries: documented(1024, MANUAL),
  ways: documented(4, MANUAL),
  policy: documented('lru', MANUAL),
  sizes,
};

export const A64FX: CoreModel = {
  schema: CORE_SCHEMA,
  id: 'a64fx',
  title: 'Fujitsu A64FX',
  ghz,
  l1Data: first,
  l1Instruction: first,
  l2: { data: second, instruction: second },
  l2HitCycles: assumed(7, 'not published; as Cortex-A72'),
  probeCycles: PROBE_CYCLES,
  walkCache: separateWalkCache(
    documented(16, `${MANUAL}: translation table cache, LRU, stage-1 table descriptors`),
    documented(16, MANUAL),
  ),
  walkers: assumed(1, 'not found; the fewest'),
  cyclesPerAccess: OUT_OF_ORDER_ACCESS,
  mergesContiguous: documented(true, `${MANUAL}: a contiguous group takes one entry`),
  aggregation: NO_AGGREGATION,
  lines: {
    l2: lineCache(
      assumed(8 * MIB, 'one memory group of the chip, from memory'),
      16,
      assumed(40, 'from memory'),
    ),
    system: null,
    dramCycles: nanoseconds(DRAM_NS, ghz),
  },
};
