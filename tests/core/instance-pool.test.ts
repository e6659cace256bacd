/** Memory of cores that is used again: nobody notices, and nobody shares it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Core } from '../../src/core/core.js';
import { instantiate } from '../../src/core/module.js';
import { StackDistances } from '../../src/estimate/analytic/stack-distances.js';
import { readMap } from '../../src/map/core-map.js';
import { bootCore } from './boot-core.js';
import { runs } from './runs.js';
import { sampleMachine } from './sample-machines.js';
import { operationsOn, sampleOperations } from './sample-operations.js';

it('a core on memory that another has left does what one on new memory does', () => {
  const sample = fc.record({ machine: sampleMachine(), operations: sampleOperations });
  fc.assert(
    fc.property(sample, sample, (before, now) => {
      const first = new Core();
      bootCore(first, before.machine, 'final', {});
      first.run(operationsOn(first, before.machine, before.operations, true));
      first.end();
      const [used, fresh] = [new Core(), new Core(instantiate())].map((core) => {
        bootCore(core, now.machine, 'final', {});
        const list = operationsOn(core, now.machine, now.operations, true);
        core.run(list);
        const returned = Array.from({ length: list.length }, (_, i) => list.result(i));
        const outcome = { returned, counters: core.counters(), map: readMap(core) };
        core.end();
        return outcome;
      });
      expect(used).toEqual(fresh);
    }),
    { numRuns: runs(60) },
  );
});

it('is left to one only, however often it is left', () => {
  const core = new Core();
  const { memory } = core.raw;
  core.end();
  core.end();
  const [first, second] = [new Core(), new Core()];
  expect(first.raw.memory).toBe(memory);
  expect(second.raw.memory).not.toBe(memory);

  const left = new StackDistances();
  left.end();
  left.end();
  const [one, other] = [new StackDistances(), new StackDistances()];
  one.pass(BigUint64Array.of(1n << 40n, 2n << 40n));
  expect([one.units, other.units]).toEqual([2, 0]);
});
