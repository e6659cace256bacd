// Two answers to one question: the simulation, and the exact LRU misses of a pass over stack distances.
import { expect, test } from 'vitest';
import { Core } from '../../src/core/core.js';
import { StackDistances } from '../../src/estimate/analytic/stack-distances.js';
import { openStream } from '../../src/estimate/streams/index.js';
import { TlbSimulator } from '../../src/estimate/tlb-simulator.js';
import { bootLinearMap } from '../../src/kernel/boot.js';
import { coreOf } from '../../src/machine/cores/core-file.js';
import { flatten } from '../../src/machine/cores/core-model.js';
import { describeMachine } from '../../src/machine/synthetic.js';

const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 2 ** 32 });
const n1 = flatten(coreOf('neoverse-n1'));
const WARM_UP = 200_000;

test.each(['uniform:size=8M,kernel=0,user=0,code=0', 'zipf:size=256M,kernel=0,user=0,code=0'])(
  '%s over pages: the levels miss what LRU of their entries misses, within a point',
  (spec) => {
    const core = new Core();
    bootLinearMap(core, machine, 'final');
    // What a pass over stack distances describes: sets and table entries among the leaves are what it leaves out.
    if (!('unified' in n1.l2)) throw new Error('Neoverse N1 has one second level');
    const l2 = { unified: { ...n1.l2.unified, ways: n1.l2.unified.entries } };
    const model = { ...n1, l2, aggregation: 1, walkCache: { ...n1.walkCache, kind: 'none' as const } };
    const simulator = new TlbSimulator(core, model, { blocking: true });
    const distances = new StackDistances();
    let given = 0;
    let counting = false;
    for (const { words } of openStream(spec, machine, { accesses: 600_000, seed: 7 })) {
      if (!counting && given >= WARM_UP) {
        counting = true;
        simulator.resetCounts();
        distances.resetCounts();
      }
      simulator.run(words);
      distances.pass(words);
      given += words.length;
    }
    const { accesses, l1Misses, l2Misses } = simulator.result();
    const curve = distances.curve();
    expect(curve.accesses).toBe(accesses);
    // The first level is one set with LRU: not within a point, but exactly.
    expect(l1Misses).toBe(curve.misses(n1.l1Data.entries));
    expect(Math.abs(l2Misses / accesses - curve.missRatio(1280))).toBeLessThan(0.01);
  },
);
