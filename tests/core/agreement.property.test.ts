/** The core against the model: random machines, random calls, everything equal after every one of them. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { debugCore, releaseCore } from './builds.js';
import { runs } from './runs.js';
import { callOn, sampleDrafts } from './sample-calls.js';
import { sampleMachine } from './sample-machines.js';
import { type Twin, Twins } from './twins.js';

const cores: readonly Twin[] = [
  { name: 'the release build', core: releaseCore(), options: {} },
  {
    name: 'the release build with stored tables',
    core: releaseCore(),
    options: { storeUniformTables: true },
  },
  { name: 'the debug build', core: debugCore(), options: {} },
];

describe('the core and the model', () => {
  it.each(['mapped', 'repainted', 'final'] as const)('boot the same map, stage %s', (stage) => {
    fc.assert(
      fc.property(sampleMachine(), (machine) => {
        const twins = new Twins(machine, stage, cores);
        twins.compareBootCounters();
        twins.resetCounters();
        twins.compare();
      }),
      { numRuns: runs(60) },
    );
  });

  it.each(['repainted', 'final'] as const)('stay the same through any calls, from stage %s on', (stage) => {
    fc.assert(
      fc.property(sampleMachine(), sampleDrafts(10), (machine, drafts) => {
        const twins = new Twins(machine, stage, cores);
        twins.resetCounters();
        for (const draft of drafts) {
          twins.call(callOn(machine, draft));
          twins.compare();
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it('stay the same where leaves are split on demand', () => {
    const splittable = { bbml2: true, bbml2AllCpus: true, debugPagealloc: false, rodata: 'full' as const };
    fc.assert(
      fc.property(sampleMachine(splittable), sampleDrafts(16), (machine, drafts) => {
        const twins = new Twins(machine, 'final', cores);
        twins.resetCounters();
        for (const draft of drafts) {
          twins.call(callOn(machine, draft));
          twins.compare();
        }
      }),
      { numRuns: runs(150) },
    );
  });

  it('refuse to split early in the boot alike', () => {
    const boot = fc.record({
      capsFinal: fc.boolean(),
      pageAllocatorUp: fc.boolean(),
      onlineCpus: fc.constantFrom(1, 2),
    });
    fc.assert(
      fc.property(
        sampleMachine(),
        fc.array(boot, { maxLength: 4 }),
        sampleDrafts(4),
        (machine, boots, drafts) => {
          const twins = new Twins(machine, 'repainted', cores);
          twins.resetCounters();
          for (const state of boots) {
            twins.setBoot(state);
            for (const draft of drafts) {
              twins.call(callOn(machine, draft));
              twins.compare();
            }
          }
        },
      ),
      { numRuns: runs(40) },
    );
  });
});
