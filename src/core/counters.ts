// Counters as the harness sees them: exact numbers of events, read from the core's counter block.
import { constants } from './constants.js';

/** Events since the counters were reset. Exact: they have no distribution. */
export interface Counters {
  /** Calls of update_range_prot(). */
  calls: number;
  descriptorReads: number;
  descriptorWrites: number;
  /** Tables allocated, by what their entries are. */
  tablesAllocated: { p4d: number; pud: number; pmd: number; pte: number };
  splits: {
    pudToContPmd: number;
    pudToPmd: number;
    contPmd: number;
    pmdToContPte: number;
    pmdToPte: number;
    contPte: number;
  };
  tlbi: { single: number; range: number; all: number };
  dsbIshst: number;
  dsbIsh: number;
  isb: number;
  /** Boundaries that split_kernel_leaf_mapping_locked() was asked to make. */
  boundaries: number;
}

const PLAIN = [
  'calls',
  'descriptorReads',
  'descriptorWrites',
  'dsbIshst',
  'dsbIsh',
  'isb',
  'boundaries',
] as const;
const TABLES = ['p4d', 'pud', 'pmd', 'pte'] as const;
const SPLITS = ['pudToContPmd', 'pudToPmd', 'contPmd', 'pmdToContPte', 'pmdToPte', 'contPte'] as const;
const TLBI = ['single', 'range', 'all'] as const;

/** A function that reads the counter block through a view that is good for the moment of the call. */
export function counterReader(exports: WebAssembly.Exports, block: () => BigUint64Array): () => Counters {
  const plain = constants(exports, 'COUNTER', PLAIN);
  const tables = constants(exports, 'COUNTER_TABLES', TABLES);
  const splits = constants(exports, 'COUNTER_SPLIT', SPLITS);
  const tlbi = constants(exports, 'COUNTER_TLBI', TLBI);
  return () => {
    const slots = block();
    const pick = <K extends string>(names: readonly K[], indices: Readonly<Record<K, number>>) =>
      Object.fromEntries(names.map((name) => [name, Number(slots[indices[name]])])) as Record<K, number>;
    const { calls, descriptorReads, descriptorWrites, dsbIshst, dsbIsh, isb, boundaries } = pick(
      PLAIN,
      plain,
    );
    return {
      calls,
      descriptorReads,
      descriptorWrites,
      tablesAllocated: pick(TABLES, tables),
      splits: pick(SPLITS, splits),
      tlbi: pick(TLBI, tlbi),
      dsbIshst,
      dsbIsh,
      isb,
      boundaries,
    };
  };
}

/** All tables allocated, whatever their level. */
export function totalTables(counters: Counters): number {
  const { p4d, pud, pmd, pte } = counters.tablesAllocated;
  return p4d + pud + pmd + pte;
}

/** All TLBI instructions. */
export function totalTlbi(counters: Counters): number {
  return counters.tlbi.single + counters.tlbi.range + counters.tlbi.all;
}

/** All leaves replaced and groups un-hinted. */
export function totalSplits(counters: Counters): number {
  return Object.values(counters.splits).reduce((sum, n) => sum + n, 0);
}

/** Both together. */
export function addCounters(one: Counters, other: Counters): Counters {
  return addFields(one, other);
}

function addFields<T extends object>(one: T, other: T): T {
  const sums = Object.entries(one).map(([name, count]) => {
    const more = other[name as keyof T];
    return [name, typeof count === 'number' ? count + Number(more) : addFields(count, more as object)];
  });
  return Object.fromEntries(sums);
}
