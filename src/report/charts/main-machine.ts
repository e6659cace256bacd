// The built machine that pictures show: one granule, and the configuration in which strategies differ most.
import type { ComparisonRecord, Run } from '../../record/run.js';

/** Comparisons on blocks that can be split, on the machine with the smallest granule. */
export function onBlocks(run: Run): ComparisonRecord[] {
  const blocks = run.comparisons.filter(({ configuration }) => configuration === 'blocks');
  const [machine] = blocks.toSorted((a, b) => a.granule - b.granule);
  return blocks.filter(
    ({ granule, vaBits, memoryBytes }) =>
      granule === machine?.granule && vaBits === machine.vaBits && memoryBytes === machine.memoryBytes,
  );
}
