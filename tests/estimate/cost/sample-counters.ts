import type { Counters } from '../../../src/core/counters.js';

/** No event at all, but for what is given. */
export function countersOf(given: Partial<Counters>): Counters {
  return {
    calls: 0,
    descriptorReads: 0,
    descriptorWrites: 0,
    tablesAllocated: { p4d: 0, pud: 0, pmd: 0, pte: 0 },
    splits: { pudToContPmd: 0, pudToPmd: 0, contPmd: 0, pmdToContPte: 0, pmdToPte: 0, contPte: 0 },
    tlbi: { single: 0, range: 0, all: 0 },
    dsbIshst: 0,
    dsbIsh: 0,
    isb: 0,
    boundaries: 0,
    ...given,
  };
}
