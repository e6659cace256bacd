// A KFENCE pool that was switched on before the trace began. Nothing in a capture names it, but the trace shows it:
// changes in it never come to split_kernel_leaf_mapping_locked(), which all others on a machine that splits do.
import type { Address } from '../io/address.js';
import { linearMapPolicy } from '../kernel/boot.js';
import { kfencePoolSize } from '../machine/kfence.js';
import type { Machine } from '../machine/machine.js';
import type { TracedCalls } from './calls.js';

/** The part of a late pool that a trace touches, [start, end) in VA, or null where it shows none. */
export function latePoolOf(machine: Machine, traced: TracedCalls): { start: Address; end: Address } | null {
  const { kfence, granule, pageEnd } = machine;
  const { calls, armed } = traced;
  const splits = linearMapPolicy(machine).requiresBbml2 && machine.bbml2 && machine.bbml2AllCpus;
  if (!kfence.late || !splits || !armed.boundaries || calls.kfencePools > 0) return null;
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < calls.length; index++) {
    if (!calls.isChange(index) || calls.hasBoundary(index)) continue;
    const from = calls.start(index);
    if (from >= pageEnd || calls.size(index) !== granule || from % granule !== 0) continue;
    if ((calls.returned(index) ?? 0) !== 0) continue;
    start = Math.min(start, from);
    end = Math.max(end, from + granule);
  }
  return start < end && end - start <= kfencePoolSize(kfence.objects, granule) ? { start, end } : null;
}
