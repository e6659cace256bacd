// A KFENCE pool that was switched on before the trace began. Nothing in a capture names it, but the trace shows it:
// changes in it never come to split_kernel_leaf_mapping_locked(), which all others on a machine that splits do.
import type { Address } from '../io/address.js';
import { linearMapPolicy } from '../kernel/boot.js';
import { kfencePoolSize } from '../machine/kfence.js';
import type { Machine } from '../machine/machine.js';
import type { CallWitness, TracedCalls } from './calls.js';

/** The part of a late pool that a trace touches, [start, end) in VA, or null where it shows none. */
export function latePoolOf(machine: Machine, traced: TracedCalls): { start: Address; end: Address } | null {
  const { kfence, granule, pageEnd } = machine;
  const splits = linearMapPolicy(machine).requiresBbml2 && machine.bbml2 && machine.bbml2AllCpus;
  if (!kfence.late || !splits || !traced.armed.boundaries) return null;
  if (traced.calls.some(({ kind }) => kind === 'kfence')) return null;
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  traced.calls.forEach((call, index) => {
    if (call.kind !== 'change' || call.start >= pageEnd || call.size !== granule) return;
    const { boundaries } = traced.witnesses[index] as CallWitness;
    if (boundaries.length > 0 || call.start % granule !== 0 || (call.returned ?? 0) !== 0) return;
    start = Math.min(start, call.start);
    end = Math.max(end, call.start + call.size);
  });
  return start < end && end - start <= kfencePoolSize(kfence.objects, granule) ? { start, end } : null;
}
