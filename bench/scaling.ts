// Time and memory of building, splitting and changing against the size of the machine, 1 GiB to 64 TiB.
import { Core } from '../src/core/core.js';
import { OperationList } from '../src/core/operations.js';
import { Random } from '../src/estimate/streams/random.js';
import { type BuildOptions, bootLinearMap, linearVa } from '../src/kernel/boot.js';
import type { Machine } from '../src/machine/machine.js';
import { describeMachine } from '../src/machine/synthetic.js';
import { type Clock, wallClock } from '../src/measure/clock.js';
import { fitPowerLaw } from '../src/measure/power-law.js';
import { medianInterval } from '../src/measure/statistics.js';
import {
  FITTED_POINTS,
  type LargestMachineRecord,
  type ScalingCurve,
  type ScalingPoint,
  type ScalingRecord,
} from '../src/record/scaling.js';
import { GIB } from './configurations.js';

const PAGE = 4096;
const TIB = 1024 * GIB;
/** Powers of 4. */
const SIZES = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536].map((gib) => gib * GIB);
const LARGEST = 64 * TIB;
const NS_PER_MS = 1e6;
const SEED = 1;
/** Builds in one sample. */
const MOST_TIMES = 500;

/** What is done on a machine of some size. */
interface ScalingCase {
  /** Stable, for pictures. */
  id: string;
  title: string;
  asPages: boolean;
  options?: BuildOptions;
  /** Beyond this a core's 4 GiB, or the time there is, do not suffice. */
  most: number;
  /** The timed work on the machine; without it, building is what is timed. */
  work?(core: Core, machine: Machine): () => void;
}

const CASES: readonly ScalingCase[] = [
  {
    id: 'build-pages-stored',
    title: 'build: pages, tables stored',
    asPages: true,
    options: { storeUniformTables: true },
    most: 256 * GIB,
  },
  { id: 'build-pages', title: 'build: pages, uniform tables', asPages: true, most: LARGEST },
  { id: 'build-blocks', title: 'build: blocks', asPages: false, most: LARGEST },
  {
    id: 'split-blocks',
    title: 'split: a page out of each 1G',
    asPages: false,
    most: 16 * TIB,
    work: splitEachBlock,
  },
  {
    id: 'change-pages',
    title: 'change: 2000 calls on pages',
    asPages: true,
    most: LARGEST,
    work: changePages,
  },
  {
    id: 'change-blocks',
    title: 'change: 2000 calls on blocks',
    asPages: false,
    most: LARGEST,
    work: changePages,
  },
];
/** As many as a trace of some modules and BPF programs has. */
const CALLS = 2000;
const MOST_PAGES = 16;
const SCATTERED = 100_000;

export interface ScalingOptions {
  quick: boolean;
  onProgress?: (text: string) => void;
  clock?: Clock;
}

/** Measures every curve. Quick: fewer samples, and without the largest machine. */
export async function measureScaling({
  quick,
  onProgress,
  clock = wallClock,
}: ScalingOptions): Promise<ScalingRecord> {
  const budget = quick ? { ms: 8, most: 9 } : { ms: 30, most: 25 };
  const curves: ScalingCurve[] = [];
  for (const one of CASES) {
    onProgress?.(`measuring growth: ${one.title}`);
    // Progress is drawn, and signals are seen, while nothing is timed.
    await new Promise((resolve) => setImmediate(resolve));
    curves.push(curveOf(one, budget, clock));
  }
  if (quick) return { curves };
  onProgress?.('measuring growth: 64 TiB in pages');
  return { curves, largest: largestMachine(clock) };
}

interface Budget {
  /** Milliseconds of samples of one point; one sample that has begun is finished. */
  ms: number;
  most: number;
}

function curveOf(one: ScalingCase, budget: Budget, clock: Clock): ScalingCurve {
  const core = new Core();
  const points = SIZES.filter((size) => size <= one.most).map((size) =>
    pointOf(core, one, size, budget, clock),
  );
  const last = points.slice(-FITTED_POINTS);
  return {
    id: one.id,
    title: one.title,
    points,
    time: fitPowerLaw(
      last.map(({ memoryBytes, nanoseconds }) => ({ x: memoryBytes, y: nanoseconds.median })),
    ),
    memory: fitPowerLaw(last.map(({ memoryBytes, storedBytes }) => ({ x: memoryBytes, y: storedBytes }))),
  };
}

function pointOf(
  core: Core,
  { asPages, options, work }: ScalingCase,
  memory: number,
  budget: Budget,
  clock: Clock,
): ScalingPoint {
  const machine = machineOfSize(memory, asPages);
  const build = () => bootLinearMap(core, machine, 'final', options);
  const timed = work ? work(core, machine) : build;
  const sample = (times: number) => {
    if (work) build();
    const start = clock();
    for (let i = 0; i < times; i++) timed();
    return (clock() - start) / times;
  };
  // The first has its memory made by the operating system, which is no property of the size.
  const first = sample(1);
  // Work changes the map, so that it is done once; a build can be repeated until a clock can tell it.
  const times = work ? 1 : Math.max(1, Math.min(MOST_TIMES, Math.floor(1 / Math.max(first, 1e-3))));
  const samples: number[] = [];
  for (let spent = 0; samples.length < budget.most && (spent < budget.ms || samples.length < 3); ) {
    const ms = sample(times);
    spent += ms * times;
    samples.push(ms * NS_PER_MS);
  }
  const { median, low, high } = medianInterval(samples);
  return {
    memoryBytes: memory,
    nanoseconds: { median, low, high, samples: samples.length },
    storedBytes: core.raw.storedBytes(),
  };
}

function splitEachBlock(core: Core, machine: Machine): () => void {
  const random = new Random(SEED);
  const list = new OperationList();
  for (let block = 0; block < sizeOf(machine) / GIB; block++) {
    list.push(
      core.operation.split,
      0,
      linearVa(machine, block * GIB + random.below(GIB / PAGE) * PAGE),
      PAGE,
    );
  }
  return () => core.run(list);
}

/** As module loads do: some pages become read-only. */
function changePages(core: Core, machine: Machine): () => void {
  return changing(core, machine, CALLS, MOST_PAGES);
}

/** Calls of 1 to `mostPages` pages at random places. */
function changing(core: Core, machine: Machine, calls: number, mostPages: number): () => void {
  // The masks depend on the machine in the core.
  bootLinearMap(core, machine, 'final');
  const readOnly = core.permission('ro');
  const random = new Random(SEED);
  const places = sizeOf(machine) / PAGE - mostPages;
  const list = new OperationList();
  for (let i = 0; i < calls; i++) {
    const start = linearVa(machine, random.below(places) * PAGE);
    list.push(core.operation.change, 0, start, (1 + random.below(mostPages)) * PAGE, readOnly);
  }
  return () => core.run(list);
}

/** What no 32-bit memory could hold as it is: 128 GiB of tables. */
function largestMachine(clock: Clock): LargestMachineRecord {
  const core = new Core();
  const machine = machineOfSize(LARGEST, true);
  const change = changing(core, machine, SCATTERED, 1);
  const start = clock();
  bootLinearMap(core, machine, 'final');
  const built = clock();
  const builtBytes = core.raw.storedBytes();
  const begin = clock();
  change();
  return {
    memoryBytes: LARGEST,
    buildNanoseconds: (built - start) * NS_PER_MS,
    builtBytes,
    changes: SCATTERED,
    changeNanoseconds: (clock() - begin) * NS_PER_MS,
    changedBytes: core.raw.storedBytes(),
  };
}

function machineOfSize(memory: number, asPages: boolean): Machine {
  return describeMachine({ granule: 4096, vaBits: 48, memory, bbml2: !asPages });
}

function sizeOf({ memory: [bank] }: Machine): number {
  return bank?.size ?? 0;
}
