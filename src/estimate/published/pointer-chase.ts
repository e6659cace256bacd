// A pointer chase on the simulator: pages of the linear map, each visited once a round.
import { Core } from '../../core/core.js';
import { bootLinearMap } from '../../kernel/boot.js';
import { describeMachine } from '../../machine/synthetic.js';
import { GRANULES } from '../../machine/va-layout.js';
import { TlbSimulator } from '../tlb-simulator.js';
import type { MeasureMissRatio, PointerChase } from './knees.js';

const MEMORY = 2 ** 30;
const VA_BITS = { 4096: 48, 16384: 47, 65536: 48 } as const;
const WARM_UP_ROUNDS = 3;
const ROUNDS = 2;

/**
 * Measures chases over maps of pages, which nothing merges. A chase waits for each access, so that no two walks are in
 * flight; the order of pages within a round makes no difference under LRU and FIFO.
 */
export function pointerChaseMeter(): MeasureMissRatio {
  const cores = new Map<number, Core>();
  return (model, chase, level) => {
    const core = cores.get(chase.pageBytes) ?? pagesOnly(chase.pageBytes);
    cores.set(chase.pageBytes, core);
    const simulator = new TlbSimulator(core, model, { blocking: true, lineCaches: false });
    const round = roundOf(chase, core.geometry.pageOffset);
    for (let i = 0; i < WARM_UP_ROUNDS; i++) simulator.run(round);
    simulator.resetCounts();
    for (let i = 0; i < ROUNDS; i++) simulator.run(round);
    const { accesses, l1Misses, l2Misses } = simulator.result();
    return (level === 'first' ? l1Misses : l2Misses) / accesses;
  };
}

/** Addresses as access words: reads of the linear map. */
function roundOf({ pages, stridePages, pageBytes }: PointerChase, pageOffset: number): BigUint64Array {
  const stride = stridePages * pageBytes;
  if (pages * stride > MEMORY) throw new RangeError(`a chase over ${pages * stride} bytes`);
  return BigUint64Array.from({ length: pages }, (_, at) => BigInt(pageOffset + at * stride));
}

function pagesOnly(pageBytes: number): Core {
  const granule = GRANULES.find((bytes) => bytes === pageBytes);
  if (granule === undefined) throw new RangeError(`pages of ${pageBytes} bytes`);
  const core = new Core();
  bootLinearMap(core, describeMachine({ granule, vaBits: VA_BITS[granule], memory: MEMORY }), 'final');
  return core;
}
