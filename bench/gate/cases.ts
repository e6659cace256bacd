// What the time gate times: the hot paths, in sizes whose tables fit the caches three times over. Larger ones measure
// whoever else is using the memory, and no pairing takes that out; bench/hot-path has them.
import type { Core } from '../../src/core/core.js';
import { OperationList } from '../../src/core/operations.js';
import { bootLinearMap, linearVa, runningSystem } from '../../src/kernel/boot.js';
import type { Machine } from '../../src/machine/machine.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { randomBelow } from '../hot-path/random.js';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;
const PAGE = 4 * KIB;
const STORED = { storeUniformTables: true };
const SEED = 0x9e3779b9;

/** A change by less than this is none: 3 %. */
export const DEFAULT_MARGIN = 0.03;

export interface GateCase {
  readonly name: string;
  readonly margin: number;
  /**
   * Calls of the work in one timed batch: about half a millisecond in all. A scheduler's slice is several times as
   * long, so that most batches are not interrupted, and the clock's step of a microsecond is little against it.
   */
  readonly perBatch: number;
  /** Sets a core up and returns the work. */
  readonly start: (core: Core) => () => void;
}

export const GATE_CASES: readonly GateCase[] = [
  // Half of it is the call from JavaScript, whose speed varies more from process to process.
  gateCase('walk one by one: pages', 6, (core) => walksOneByOne(core, 64 * MIB, 4096), 0.05),
  gateCase('walk in batches: pages', 12, (core) => walksInBatches(core, 64 * MIB, 'pages', 8)),
  gateCase('walk in batches: blocks', 18, (core) => walksInBatches(core, 256 * GIB, 'blocks', 8)),
  gateCase('split: page out of a block', 60, (core) => splits(core, 24)),
  gateCase('change: one page a call', 16, (core) => changes(core, 64 * MIB, PAGE, 1024)),
  gateCase('change: 2 MiB a call', 6, (core) => changes(core, 64 * MIB, 2 * MIB, 512)),
  gateCase('build: pages', 80, (core) => build(core, 128 * MIB, 'pages')),
  gateCase('build: blocks', 32, (core) => build(core, 4 * TIB, 'blocks')),
];

function gateCase(
  name: string,
  perBatch: number,
  start: (core: Core) => () => void,
  margin = DEFAULT_MARGIN,
): GateCase {
  return { name, margin, perBatch, start };
}

type Leaves = 'pages' | 'blocks';

function machineOf(memory: number, leaves: Leaves): Machine {
  return describeMachine({ granule: 4096, vaBits: 48, memory, bbml2: leaves === 'blocks' });
}

function walksOneByOne(core: Core, memory: number, count: number): () => void {
  const machine = machineOf(memory, 'pages');
  bootLinearMap(core, machine, 'mapped', STORED);
  const page = randomBelow(memory / PAGE, SEED);
  const addresses = Float64Array.from({ length: count }, () => linearVa(machine, page() * PAGE));
  const { walk } = core.raw;
  return () => {
    for (const va of addresses) walk(va);
  };
}

/** Handing the addresses over is part of it, as in the hot path. */
function walksInBatches(core: Core, memory: number, leaves: Leaves, calls: number): () => void {
  const machine = machineOf(memory, leaves);
  bootLinearMap(core, machine, 'mapped', STORED);
  const perCall = 1024;
  const page = randomBelow(memory / PAGE, SEED);
  const lists = Array.from({ length: calls }, () =>
    BigInt64Array.from({ length: perCall }, () => BigInt(linearVa(machine, page() * PAGE))),
  );
  const { memory: wasmMemory, walkBatch, walkBuffer } = core.raw;
  const from = walkBuffer();
  const to = from + 8 * perCall;
  const input = new BigInt64Array(wasmMemory.buffer, from, perCall);
  return () => {
    for (const list of lists) {
      input.set(list);
      walkBatch(from, to, perCall);
    }
  };
}

/** Blocks are mapped anew each time: a split cannot be taken back. */
function splits(core: Core, blocks: number): () => void {
  const memory = blocks * GIB;
  const machine = machineOf(memory, 'blocks');
  const remap = mapping(core, machine, memory, 'blocks', runningSystem(machine));
  remap();
  const inBlock = randomBelow(GIB / PAGE, SEED);
  const list = new OperationList();
  for (let block = 0; block < blocks; block++) {
    list.push(core.operation.split, 0, linearVa(machine, block * GIB + inBlock() * PAGE), PAGE);
  }
  return () => {
    remap();
    core.run(list);
  };
}

/** Write permission taken and given back at random places of a map of pages; nothing is flushed. */
function changes(core: Core, memory: number, bytes: number, calls: number): () => void {
  const machine = machineOf(memory, 'pages');
  bootLinearMap(core, machine, 'mapped', STORED);
  const place = randomBelow(memory / bytes, SEED);
  const permissions = [core.permission('ro'), core.permission('rw')];
  const { change, noFlush } = core.operation;
  const list = new OperationList();
  for (let call = 0; call < calls; call++) {
    list.push(change, noFlush, linearVa(machine, place() * bytes), bytes, permissions[call % 2]);
  }
  return () => core.run(list);
}

function build(core: Core, memory: number, leaves: Leaves): () => void {
  const machine = machineOf(memory, leaves);
  return mapping(core, machine, memory, leaves, runningSystem(machine, STORED));
}

function mapping(
  core: Core,
  machine: Machine,
  memory: number,
  leaves: Leaves,
  system: ReturnType<typeof runningSystem>,
): () => void {
  const asPages = leaves === 'pages';
  const limits = { noBlock: asPages, noCont: asPages, noExec: true };
  return () => {
    core.reset(machine.granule, machine.vaBits, machine.pageEnd, system);
    core.mapRange(0, machine.pageOffset, memory, 'kernelTagged', limits);
  };
}
