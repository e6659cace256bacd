// Choices of "what if" as properties need them.
import fc from 'fast-check';
import type { WhatIf } from '../../src/browser/what-if/state.js';
import { KFENCE_MODES } from '../../src/browser/what-if/state.js';
import { BACKINGS } from '../../src/kernel/page-allocator.js';
import { CORES } from '../../src/machine/cores/presets/catalogue.js';
import { RODATA } from '../../src/machine/rodata.js';
import { GRANULES, vaBitsOf } from '../../src/machine/va-layout.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { CHANGE_CALLS, MOST_PAGES } from '../../src/strategy/permission-change.js';

const MIB = 2 ** 20;

/** Memory of usual sizes, and of any. Some make no machine. */
const memory = fc.oneof(
  fc.integer({ min: 7, max: 23 }).map((exponent) => MIB * 2 ** exponent),
  fc.integer({ min: 1, max: 2 ** 20 }).map((mebibytes) => mebibytes * MIB),
  fc.integer({ min: 1, max: 2 ** 40 }),
);

export const whatIfs: fc.Arbitrary<WhatIf> = fc.constantFrom(...GRANULES).chain((granule) =>
  fc.record({
    granule: fc.constant(granule),
    vaBits: fc.constantFrom(...vaBitsOf(granule)),
    memory,
    bbml2: fc.boolean(),
    rodata: fc.constantFrom(...RODATA),
    kfence: fc.constantFrom(...KFENCE_MODES),
    image: fc.boolean(),
    strategy: fc.constantFrom(...STRATEGIES.map(({ id }) => id)),
    call: fc.constantFrom(...CHANGE_CALLS),
    // Few of the largest: a machine is built and changed for each strategy, and each has a page's splits.
    pages: fc.oneof(
      { weight: 30, arbitrary: fc.integer({ min: 1, max: 1024 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: MOST_PAGES }) },
    ),
    backing: fc.constantFrom(...BACKINGS),
    core: fc.constantFrom(...CORES.map(({ id }) => id)),
  }),
);
