/** A list of calls does what its calls do one after the other, whatever of it the core runs together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Core, Permission } from '../../src/core/core.js';
import { OperationList } from '../../src/core/operations.js';
import { readMap } from '../../src/map/core-map.js';
import { buildModel } from '../model/build.js';
import { geometryOfMachine, type ModelMachine } from '../model/machine.js';
import { bootCore } from './boot-core.js';
import { releaseCore } from './builds.js';
import { type Call, kfencePoolIsPages, pushCall } from './calls.js';
import { runs } from './runs.js';
import { callOn, sampleDrafts } from './sample-calls.js';
import { landmarks, sampleMachine } from './sample-machines.js';

const together = releaseCore();
const alone = releaseCore();
const FLAGS_WORD = 1;
const PERMISSIONS: readonly Permission[] = ['invalid', 'valid', 'default', 'ro', 'rw'];

/** Pages in a row from near a landmark, as set_area_direct_map() takes them; mostly more than one. */
const pageRun = fc.record({
  landmark: fc.nat(30),
  steps: fc.integer({ min: -40, max: 40 }),
  stride: fc.constantFrom(1, 1, 1, 2, 7, 513),
  pages: fc.integer({ min: 1, max: 40 }),
  permissions: fc.array(fc.nat(PERMISSIONS.length - 1), { minLength: 1, maxLength: 3 }),
  offset: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4095) }),
});

function pageCalls(
  machine: ModelMachine,
  wish: typeof pageRun extends fc.Arbitrary<infer T> ? T : never,
): Call[] {
  const { granule, pageOffset, pageEnd } = geometryOfMachine(machine);
  const marks = landmarks(machine);
  const mark = marks[wish.landmark % marks.length] ?? pageOffset;
  return Array.from({ length: wish.pages }, (_, i): Call => {
    const permission = PERMISSIONS[wish.permissions[i % wish.permissions.length] ?? 0] ?? 'ro';
    const place = mark + (wish.steps + i * wish.stride) * granule + wish.offset;
    const start = Math.min(Math.max(place, pageOffset), pageEnd - 2 * granule);
    return { kind: 'change', permission, flush: false, start, size: granule };
  });
}

/** The call in a list of its own; chained to nothing, which keeps the core from running it as one of many. */
function runAlone(core: Core, call: Call, pagesAnyway: boolean): number[] {
  const list = new OperationList();
  pushCall(list, core, call, pagesAnyway);
  list.words[FLAGS_WORD] = (list.words[FLAGS_WORD] ?? 0) | core.operation.chained;
  core.run(list);
  return returnsOf(list);
}

function returnsOf(list: OperationList): number[] {
  return Array.from({ length: list.length }, (_, i) => list.result(i));
}

describe('a list of operations', () => {
  it('does the same as its operations one by one: returns, counters, map', () => {
    fc.assert(
      fc.property(
        sampleMachine(),
        fc.array(fc.oneof({ weight: 3, arbitrary: pageRun }, { weight: 2, arbitrary: sampleDrafts(3) }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.boolean(),
        (machine, wishes, stored) => {
          const options = { storeUniformTables: stored };
          const calls = wishes.flatMap((wish) =>
            Array.isArray(wish) ? wish.map((draft) => callOn(machine, draft)) : pageCalls(machine, wish),
          );
          const pagesAnyway = kfencePoolIsPages(buildModel(machine, 'mapped'));
          const list = new OperationList();
          for (const core of [together, alone]) bootCore(core, machine, 'final', options);
          for (const call of calls) pushCall(list, together, call, pagesAnyway);
          together.run(list);
          expect(returnsOf(list)).toEqual(calls.flatMap((call) => runAlone(alone, call, pagesAnyway)));
          expect(together.counters()).toEqual(alone.counters());
          expect(readMap(together)).toEqual(readMap(alone));
        },
      ),
      { numRuns: runs(150) },
    );
  });
});
