/** Random lists of operations: runs of pages, other calls, flushes, allocations that fail, in chains and out of them. */
import fc from 'fast-check';
import type { Core, Permission } from '../../src/core/core.js';
import { OperationList, RECORD_WORDS } from '../../src/core/operations.js';
import { geometryOfMachine, type ModelMachine } from '../model/machine.js';
import { type Call, pushCall } from './calls.js';
import { callOn, sampleDrafts } from './sample-calls.js';
import { landmarks } from './sample-machines.js';

export const FLAGS_WORD = 1;
const PERMISSIONS: readonly Permission[] = ['invalid', 'valid', 'default', 'ro', 'rw'];
const NONE_FAILS = -1;

/** Pages in a row from near a landmark, as set_area_direct_map() takes them; mostly more than one. */
const pageRun = fc.record({
  landmark: fc.nat(30),
  steps: fc.integer({ min: -40, max: 40 }),
  stride: fc.constantFrom(1, 1, 1, 2, 7, 513),
  pages: fc.integer({ min: 1, max: 40 }),
  permissions: fc.array(fc.nat(PERMISSIONS.length - 1), { minLength: 1, maxLength: 3 }),
  offset: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4095) }),
});

/** What is appended to a list in one go. */
const wish = fc.oneof(
  { weight: 3, arbitrary: fc.record({ pageRun }) },
  { weight: 2, arbitrary: fc.record({ drafts: sampleDrafts(3) }) },
  { weight: 1, arbitrary: fc.record({ flushes: sampleDrafts(2), all: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ pool: sampleDrafts(1) }) },
  { weight: 2, arbitrary: fc.record({ allocations: fc.constantFrom(NONE_FAILS, 0, 0, 1, 1, 2) }) },
);
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

/** Which operations are chained to the one before, over and over: mostly none, else short chains or long ones. */
const links = fc.oneof(
  { weight: 2, arbitrary: fc.constant([false]) },
  { weight: 1, arbitrary: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }) },
  { weight: 1, arbitrary: fc.nat(60).map((length) => [false, ...Array<boolean>(length).fill(true)]) },
);

/** Operations before it is known what they are made on: see `operationsOn()`. */
export const sampleOperations = fc.record({
  wishes: fc.array(wish, { minLength: 1, maxLength: 8 }),
  links,
});
export type SampleOperations = typeof sampleOperations extends fc.Arbitrary<infer T> ? T : never;

/** The operations in a list, again and again until it is at least `length` long. `pagesAnyway`: see `pushCall()`. */
export function operationsOn(
  core: Core,
  machine: ModelMachine,
  { wishes, links }: SampleOperations,
  pagesAnyway: boolean,
  length = 1,
): OperationList {
  const list = new OperationList();
  while (list.length < length) for (const wish of wishes) push(list, core, machine, wish, pagesAnyway);
  for (let i = 0; i < list.length; i++) if (links[i % links.length] === true) chain(list, core, i, i + 1);
  return list;
}

/** Chains operations [from, to), each to the one before. */
export function chain(list: OperationList, core: Core, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const at = i * RECORD_WORDS + FLAGS_WORD;
    list.words[at] = (list.words[at] ?? 0) | core.operation.chained;
  }
}

function push(
  list: OperationList,
  core: Core,
  machine: ModelMachine,
  wish: Wish,
  pagesAnyway: boolean,
): void {
  const { failAllocations, flush, flushAll } = core.operation;
  if ('allocations' in wish) {
    list.push(failAllocations, 0, 0, wish.allocations);
  } else if ('flushes' in wish) {
    const ranges = wish.flushes.map((draft) => callOn(machine, draft));
    for (const { start, size } of ranges) list.push(wish.all ? flushAll : flush, 0, start, size);
  } else {
    for (const call of callsOf(machine, wish)) pushCall(list, core, call, pagesAnyway);
  }
}

type Calls = Exclude<Wish, { allocations: number } | { all: boolean }>;

function callsOf(machine: ModelMachine, wish: Calls): Call[] {
  if ('pageRun' in wish) return pageCalls(machine, wish.pageRun);
  if ('drafts' in wish) return wish.drafts.map((draft) => callOn(machine, draft));
  return wish.pool.map((draft) => callOn(machine, { ...draft, kind: 'kfencePool' }));
}

function pageCalls(
  machine: ModelMachine,
  run: typeof pageRun extends fc.Arbitrary<infer T> ? T : never,
): Call[] {
  const { granule, pageOffset, pageEnd } = geometryOfMachine(machine);
  const marks = landmarks(machine);
  const mark = marks[run.landmark % marks.length] ?? pageOffset;
  return Array.from({ length: run.pages }, (_, i): Call => {
    const permission = PERMISSIONS[run.permissions[i % run.permissions.length] ?? 0] ?? 'ro';
    const place = mark + (run.steps + i * run.stride) * granule + run.offset;
    const start = Math.min(Math.max(place, pageOffset), pageEnd - 2 * granule);
    return { kind: 'change', permission, flush: false, start, size: granule };
  });
}
