// Contiguous groups that break the rules of the hint: Arm ARM D8.7.1 (misprogramming of the Contiguous bit).
import { formatSize } from '../io/size.js';
import type { LeafBits } from './descriptor-fields.js';
import type { MapFinding } from './finding.js';
import { type LeafRun, type LinearMap, levelSize, runEnd } from './linear-map.js';
import type { Span } from './span.js';

/** Bytes of a contiguous group at a level; not more than one leaf where the kernel forms none. */
type GroupSize = (level: number) => number;

/**
 * Every naturally aligned group in which some leaf has the contiguous bit and that a TLB may not take for one leaf:
 * an entry lacks the bit or is missing, attributes differ, or output addresses do not continue or are not aligned.
 * @param map in normal form
 */
export function brokenGroups(
  map: LinearMap,
  groupSize: GroupSize,
  bits: Pick<LeafBits, 'contiguous'>,
): MapFinding[] {
  const findings: MapFinding[] = [];
  const examined = new Map<number, number>();
  for (const [index, run] of map.leaves.entries()) {
    if ((run.attributes & bits.contiguous) === 0n) continue;
    const group = groupSize(run.level);
    const end = runEnd(run, map.granule);
    if (group <= levelSize(map.granule, run.level)) {
      const text = `level ${run.level}: the contiguous bit where the kernel forms no groups`;
      findings.push({ kind: 'contiguous-unsupported', va: run.va, end, text });
    } else if ((run.pa - run.va) % group !== 0) {
      const text = `level ${run.level}: output addresses are not aligned to the group of ${formatSize(group)}`;
      findings.push({ kind: 'contiguous-misaligned', va: run.va, end, text });
    } else {
      // Groups inside a run are whole and alike: only its two ends can be broken.
      for (const at of [run.va, end - 1]) {
        const va = Math.floor(at / group) * group;
        if (run.va <= va && va + group <= end) continue;
        if (va <= (examined.get(run.level) ?? Number.NEGATIVE_INFINITY)) continue;
        examined.set(run.level, va);
        const wrong = examine(map, index, { va, end: va + group }, bits);
        if (wrong) findings.push({ ...wrong, va, end: va + group });
      }
    }
  }
  return findings;
}

type Verdict = Pick<MapFinding, 'kind' | 'text'>;

/** @param index a run with contiguous leaves in the group */
function examine(
  map: LinearMap,
  index: number,
  group: Span,
  { contiguous }: Pick<LeafBits, 'contiguous'>,
): Verdict | null {
  const { level } = map.leaves[index] as LeafRun;
  const size = levelSize(map.granule, level);
  const entries = (group.end - group.va) / size;
  const members = runsIn(map, index, group).filter(
    (run) => run.level === level && (run.attributes & contiguous) !== 0n,
  );
  let marked = 0;
  for (const run of members) {
    marked += (Math.min(runEnd(run, map.granule), group.end) - Math.max(run.va, group.va)) / size;
  }
  if (marked < entries) {
    return {
      kind: 'contiguous-incomplete',
      text: `level ${level}: ${marked} of ${entries} entries have the contiguous bit`,
    };
  }
  const attributes = [...new Set(members.map((run) => run.attributes))];
  if (attributes.length > 1) {
    const list = attributes.map((bits) => `0x${bits.toString(16)}`).join(', ');
    return { kind: 'contiguous-mixed', text: `level ${level}: attributes differ in one group: ${list}` };
  }
  if (new Set(members.map(({ pa, va }) => pa - va)).size > 1) {
    return {
      kind: 'contiguous-scattered',
      text: `level ${level}: output addresses do not continue inside one group`,
    };
  }
  return null;
}

/** Also runs before the one that led here: those whose output addresses are misaligned lead nowhere themselves. */
function runsIn({ leaves, granule }: LinearMap, index: number, group: Span): LeafRun[] {
  let first = index;
  while (first > 0 && runEnd(leaves[first - 1] as LeafRun, granule) > group.va) first--;
  const runs: LeafRun[] = [];
  for (let at = first; at < leaves.length; at++) {
    const run = leaves[at] as LeafRun;
    if (run.va >= group.end) break;
    runs.push(run);
  }
  return runs;
}
