// The trace as a witness: boundaries, splits, tables and return values that it shows are compared with what the core did.
import type { Core } from '../core/core.js';
import type { Address } from '../io/address.js';
import { splitCode, type TracedCalls } from './calls.js';
import { Sightings } from './columns.js';
import type { Segment } from './plan.js';

/** What the trace itself says; null where its probe was not armed. */
export interface TraceCounters {
  splits: { pudToContPmd: number; pudToPmd: number; pmdToContPte: number; pmdToPte: number } | null;
  tablesAllocated: { pmd: number; pte: number } | null;
  boundaries: number | null;
  /** Calls whose return value the trace shows. */
  returns: number | null;
  /** True where the core did exactly the same of everything that the trace shows. */
  agrees: boolean;
  /** The first calls that went differently: line of the trace and what differs. */
  disagreements: { line: number; text: string }[];
}

type Splits = NonNullable<TraceCounters['splits']>;
const LISTED = 20;

export class TraceCheck {
  /** Boundaries that the core asked for. */
  readonly #made = new Sightings();
  readonly #madeSplits: Splits = { pudToContPmd: 0, pudToPmd: 0, pmdToContPte: 0, pmdToPte: 0 };
  /** By kind in the log. */
  readonly #splitOf: (keyof Splits | undefined)[] = [];
  readonly #disagreements: { line: number; text: string }[] = [];
  #disagreed = false;
  readonly #rootSpan: number;
  /** 1 for each call that was made. */
  readonly #taken: Uint8Array;
  #returns = 0;

  constructor(
    private readonly core: Core,
    private readonly traced: TracedCalls,
  ) {
    this.#rootSpan = core.geometry.levelSize(core.geometry.rootLevel);
    this.#taken = new Uint8Array(traced.calls.length);
    this.#splitOf[core.logKind('splitPudToContPmd')] = 'pudToContPmd';
    this.#splitOf[core.logKind('splitPudToPmd')] = 'pudToPmd';
    this.#splitOf[core.logKind('splitPmdToContPte')] = 'pmdToContPte';
    this.#splitOf[core.logKind('splitPmdToPte')] = 'pmdToPte';
  }

  /** Takes note of what operations [from, to) of a segment, just run, did and of what the trace saw meanwhile. */
  take(segment: Segment, from: number, to: number): void {
    this.#takeLog();
    const { operations } = segment;
    const { calls } = this.traced;
    const { change } = this.core.operation;
    for (let operation = from; operation < to; operation++) {
      const call = segment.callOf(operation);
      this.#taken[call] = 1;
      if (operations.opcode(operation) !== change) continue;
      const returned = calls.returned(call);
      if (returned === null) continue;
      this.#returns++;
      const result = operations.result(operation);
      if (result === returned) continue;
      this.#disagree(calls.line(call), `returned ${returned} in the trace, ${result} here`);
    }
  }

  /** Boundaries and splits of the core since its log was reset. */
  #takeLog(): void {
    this.core.eachLogged((kind, va) => {
      const split = this.#splitOf[kind];
      if (split !== undefined) this.#madeSplits[split]++;
      else this.#made.add(0, va);
    });
  }

  result(): TraceCounters {
    const { armed } = this.traced;
    const boundaries = this.#seenBoundaries();
    const splits = this.#seenSplits();
    const tables = this.#seenTables();
    if (armed.boundaries) this.#compareBoundaries(boundaries);
    if (armed.splits) this.#compareSplits(splits);
    if (armed.tables) this.#compareTables(tables);
    return {
      splits: armed.splits ? splits : null,
      tablesAllocated: armed.tables ? tables : null,
      boundaries: armed.boundaries ? boundaries.length : null,
      returns: this.#returns > 0 ? this.#returns : null,
      agrees: !this.#disagreed,
      disagreements: this.#disagreements,
    };
  }

  #seenBoundaries(): Float64Array {
    const { values, calls, length } = this.traced.seen.boundaries;
    let kept = 0;
    const seen = new Float64Array(length);
    for (let at = 0; at < length; at++) {
      if (this.#taken[calls[at] as number]) seen[kept++] = values[at] as number;
    }
    return seen.subarray(0, kept);
  }

  #seenSplits(): Splits {
    const counts = this.#countTaken(this.traced.seen.splits);
    const of = (level: 1 | 2, contiguous: boolean) => counts.get(splitCode(level, contiguous)) ?? 0;
    return {
      pudToContPmd: of(1, true),
      pudToPmd: of(1, false),
      pmdToContPte: of(2, true),
      pmdToPte: of(2, false),
    };
  }

  #seenTables(): { pmd: number; pte: number } {
    const counts = this.#countTaken(this.traced.seen.tables);
    return { pmd: counts.get(1) ?? 0, pte: counts.get(2) ?? 0 };
  }

  #countTaken({ values, calls, length }: Sightings): Map<number, number> {
    const counts = new Map<number, number>();
    for (let at = 0; at < length; at++) {
      if (!this.#taken[calls[at] as number]) continue;
      const value = values[at] as number;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return counts;
  }

  /**
   * Calls of several CPUs interleave, so that only what happened counts, not in which order. A compiler that splits
   * the function keeps its first check, for a boundary that begins a root entry, in the caller; the probe on the rest
   * does not see those.
   */
  #compareBoundaries(seen: Float64Array): void {
    const { calls } = this.traced;
    let partial = false;
    for (let call = 0; call < calls.length && !partial; call++) {
      partial = this.#taken[call] === 1 && calls.hasPartialBoundaries(call);
    }
    const made = this.#made.values.subarray(0, this.#made.length);
    const visible = (va: Address) => Math.floor(va / this.#rootSpan) * this.#rootSpan !== va;
    const wanted = partial ? seen.filter(visible) : seen;
    const found = partial ? made.filter(visible) : made.slice();
    if (wanted.length !== found.length) {
      this.#disagree(0, `${wanted.length} boundaries in the trace, ${found.length} here`);
    } else if (!sameValues(wanted, found) && !sameValues(wanted.sort(), found.sort())) {
      this.#disagree(0, 'other boundaries than in the trace');
    }
  }

  #compareSplits(seen: Splits): void {
    const made = this.#madeSplits;
    const total = (splits: Splits) => Object.values(splits).reduce((sum, count) => sum + count, 0);
    if (total(seen) !== total(made)) {
      this.#disagree(0, `${total(seen)} splits in the trace, ${total(made)} here`);
    } else if ((Object.keys(made) as (keyof Splits)[]).some((kind) => made[kind] !== seen[kind])) {
      this.#disagree(0, 'other splits than in the trace');
    }
  }

  #compareTables(seen: { pmd: number; pte: number }): void {
    const { pmd, pte } = this.core.counters().tablesAllocated;
    if (pmd !== seen.pmd || pte !== seen.pte) {
      this.#disagree(0, `tables ${seen.pmd} pmd and ${seen.pte} pte in the trace, ${pmd} and ${pte} here`);
    }
  }

  #disagree(line: number, text: string): void {
    this.#disagreed = true;
    if (this.#disagreements.length < LISTED) this.#disagreements.push({ line, text });
  }
}

function sameValues(one: Float64Array, other: Float64Array): boolean {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
