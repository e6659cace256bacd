// A core's values in words, with their kinds: the rows of its description and the cells of the table of all cores.
import { formatSize } from '../io/size.js';
import type {
  CoreModel,
  EntrySizes,
  Fact,
  Kind,
  LineCacheModel,
  TlbModel,
} from '../machine/cores/core-model.js';
import { formatCount, formatUnit } from '../report/number.js';

/** One value of a core as people read it. */
interface CoreFact {
  label: string;
  text: string;
  kind: Kind;
  source: string;
}

/** All values of a core, in the order of its file. */
export function factsOf(core: CoreModel): CoreFact[] {
  const { walkCache, lines } = core;
  return [
    row('clock', core.ghz, (ghz) => `${ghz} GHz`),
    ...tlbFacts('L1 data', core.l1Data),
    ...tlbFacts('L1 instruction', core.l1Instruction),
    ...secondLevelFacts(core),
    row('L2 hit', core.l2HitCycles, (cycles) => `+${inCycles(cycles)}`),
    row('L2 further probe', core.probeCycles, (cycles) => `+${inCycles(cycles)}`),
    row('walk cache', walkCache.kind, (kind) => WALK_CACHE_WORDS[kind]),
    ...(walkCache.kind.value === 'separate' ? arrayFacts('walk cache', walkCache) : []),
    ...(walkCache.kind.value === 'none'
      ? []
      : [row('walk cache levels', walkCache.levels, (levels) => levels.join(', '))]),
    row('walk cache look-up', walkCache.cycles, inCycles),
    row('walks in flight', core.walkers, formatCount),
    row('time per access', core.cyclesPerAccess, inCycles),
    row('contiguous groups', core.mergesContiguous, (merges) => (merges ? 'one entry' : 'an entry a leaf')),
    row('aggregation', core.aggregation, (pages) => (pages === 1 ? 'off' : `${pages} pages`)),
    ...lineCacheFacts('L2 cache', lines.l2),
    ...(lines.system ? lineCacheFacts('system cache', lines.system) : []),
    row('DRAM', lines.dramCycles, inCycles),
  ];
}

/** `512M`, or `any`. */
export function largestEntry(sizes: EntrySizes): string {
  return sizes === 'any' ? 'any' : formatUnit(sizes.at(-1) ?? 0);
}

const WALK_CACHE_WORDS = {
  separate: 'an array of its own',
  'in-l2': 'in the L2 TLB, among the leaves',
  none: 'none',
} as const;

function secondLevelFacts({ l2 }: CoreModel): CoreFact[] {
  if ('unified' in l2) return tlbFacts('L2', l2.unified);
  return [...tlbFacts('L2 data', l2.data), ...tlbFacts('L2 instruction', l2.instruction)];
}

function tlbFacts(name: string, tlb: TlbModel): CoreFact[] {
  return [
    ...arrayFacts(name, tlb),
    row(`${name} replacement`, tlb.policy, (policy) => policy.toUpperCase()),
    row(`${name} sizes`, tlb.sizes, sizesInWords),
  ];
}

function arrayFacts(name: string, { entries, ways }: Pick<TlbModel, 'entries' | 'ways'>): CoreFact[] {
  return [
    row(`${name} entries`, entries, formatCount),
    row(`${name} ways`, ways, (count) =>
      count === entries.value ? 'fully associative' : formatCount(count),
    ),
  ];
}

function lineCacheFacts(name: string, { bytes, ways, cycles }: LineCacheModel): CoreFact[] {
  return [
    row(`${name} size`, bytes, formatSize),
    row(`${name} ways`, ways, formatCount),
    row(`${name} line`, cycles, inCycles),
  ];
}

function row<T>(label: string, { value, kind, source }: Fact<T>, inWords: (value: T) => string): CoreFact {
  return { label, text: inWords(value), kind, source };
}

function sizesInWords(sizes: EntrySizes): string {
  return sizes === 'any' ? 'any' : sizes.map(formatUnit).join(', ');
}

function inCycles(cycles: number): string {
  return `${formatCount(cycles)} cycle${cycles === 1 ? '' : 's'}`;
}
