// Long lists of accesses go through the levels in slices, not access by access: the counts are those of the slow model.
import { describe, expect, it } from 'vitest';
import { ACCESS_CLASSES, type AccessClass, CLASS } from '../../src/estimate/access.js';
import { Random } from '../../src/estimate/streams/random.js';
import { TlbSimulator } from '../../src/estimate/tlb-simulator.js';
import { type FlatCoreModel, flatten } from '../../src/machine/cores/core-model.js';
import { NEOVERSE_N1 } from '../../src/machine/cores/presets/neoverse-n1.js';
import { releaseCore } from '../core/builds.js';
import { GiB } from '../core/sizes.js';
import { Twins } from '../core/twins.js';
import { machineWith } from '../model/machine.js';
import { fully, plainCore } from './tlb-model/plain-core.js';
import { ModelSimulator } from './tlb-model/simulator.js';

const ACCESSES = 6000;
const PAGE = 4096;
/** Kernel image and vmalloc space of a 48-bit kernel. */
const TEXT = -(2 ** 47) + 2 ** 31;
const VMALLOC = -(2 ** 47) + 2 ** 40;
const FEW_LINES = {
  l2: { bytes: 2 ** 12, ways: 8, cycles: 10 },
  system: { bytes: 2 ** 13, ways: 12, cycles: 100 },
  dramCycles: 400,
};

const small = { entries: 96, ways: 6, policy: 'lru', sizes: 'any' } as const;
/** No two walk the same way; first levels of many entries make tags that share a bucket common. */
const CORES: Readonly<Record<string, FlatCoreModel>> = {
  'the second level keeps table descriptors': flatten(NEOVERSE_N1),
  'some levels are not kept': {
    ...plainCore({ l1Data: fully(1), l1Instruction: fully(3), l2: { unified: small } }),
    walkCache: { kind: 'in-l2', entries: 0, ways: 0, levels: [1], cycles: 1 },
    lines: { ...FEW_LINES, system: { bytes: 3 * 2 ** 12, ways: 12, cycles: 100 } },
  },
  'a walk cache apart, large first levels, second levels by side': {
    ...plainCore({ l1Data: fully(400), l1Instruction: fully(70), l2: { data: small, instruction: small } }),
    walkCache: { kind: 'separate', entries: 9, ways: 9, levels: [0, 1, 2], cycles: 2 },
    lines: { ...FEW_LINES, l2: { bytes: 2 ** 12, ways: 4, cycles: 10 }, system: null },
  },
};

describe('a long list of accesses', () => {
  for (const [title, core] of Object.entries(CORES)) {
    it.for([true, false])(`is counted as the model does: ${title}, line caches %s`, (lineCaches) => {
      const machine = machineWith(4096, 48, [{ start: 0, size: 4 * GiB }]);
      const twin = { name: 'core', core: releaseCore(), options: { storeUniformTables: true } };
      const twins = new Twins(machine, 'final', [twin]);
      const simulator = new TlbSimulator(twin.core, core, { blocking: true, lineCaches });
      const model = new ModelSimulator(twins.model, core, { blocking: true, lineCaches });
      const words = new BigUint64Array(ACCESSES);
      for (const [i, { va, kind }] of sampleAccesses(twins.model.geometry.pageOffset).entries()) {
        words[i] = BigInt.asUintN(64, BigInt(va)) | BigInt(CLASS[kind] << 1);
        model.access(va, kind);
      }
      simulator.run(words);
      expect(simulator.result().byClass).toEqual(ACCESS_CLASSES.map((name) => model.counts[name]));
      expect(simulator.conflictingEntries()).toBe(model.conflictingEntries());
      expect(simulator.staleEntries()).toBe(0);
    });
  }
});

/** The first half data alone, the second with fetches among them; what is far away is rare. */
function sampleAccesses(pageOffset: number): { va: number; kind: AccessClass }[] {
  const random = new Random(1);
  return Array.from({ length: ACCESSES }, (_, i) => {
    const near = random.below(2 ** (1 + random.below(10)));
    const kind = ACCESS_CLASSES[i < ACCESSES / 2 ? random.below(3) : random.below(4)] ?? 'linearMap';
    if (kind === 'user') return { va: near * PAGE, kind };
    if (kind === 'instruction') return { va: TEXT + near * PAGE * 64, kind };
    if (kind === 'otherKernel') return { va: VMALLOC + near * PAGE, kind };
    return { va: pageOffset + near * PAGE * 1024, kind };
  });
}
