// The machine that pictures show: one granule, the configuration in which strategies differ most, one core.
import type { ComparisonRecord, Run, TlbRecord } from '../../record/run.js';
import { MAIN_CORE } from '../main-core.js';

/** Comparisons on blocks that can be split, on the machine with the smallest granule. */
export function onBlocks(run: Run): ComparisonRecord[] {
  const blocks = run.comparisons.filter(({ configuration }) => configuration === 'blocks');
  const [machine] = blocks.toSorted((a, b) => a.granule - b.granule);
  return blocks.filter(
    ({ granule, vaBits, memoryBytes }) =>
      granule === machine?.granule && vaBits === machine.vaBits && memoryBytes === machine.memoryBytes,
  );
}

/** Estimates for the main core, or the first where it was left out; captured traces first. */
export function onMainCore({ tlb }: Run): TlbRecord[] {
  const core = tlb.some((record) => record.core === MAIN_CORE) ? MAIN_CORE : tlb[0]?.core;
  return tlb
    .filter((record) => record.core === core)
    .sort((a, b) => Number(b.stream.captured) - Number(a.stream.captured));
}
