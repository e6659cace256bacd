// The trace as a witness: boundaries, splits, tables and return values that it shows are compared with what the core did.
import type { Core } from '../core/core.js';
import type { Address } from '../io/address.js';
import type { CallWitness, TracedCalls } from './calls.js';
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

const LISTED = 20;

export class TraceCheck {
  readonly #splits = { pudToContPmd: 0, pudToPmd: 0, pmdToContPte: 0, pmdToPte: 0 };
  readonly #tables = { pmd: 0, pte: 0 };
  readonly #seen: Address[] = [];
  readonly #made: Address[] = [];
  readonly #seenSplits: string[] = [];
  readonly #madeSplits: string[] = [];
  readonly #disagreements: { line: number; text: string }[] = [];
  readonly #kinds: ReadonlyMap<number, string>;
  readonly #rootSpan: number;
  readonly #expected = new Set<number>();
  #returns = 0;
  #partial = false;

  constructor(
    private readonly core: Core,
    private readonly traced: TracedCalls,
  ) {
    this.#rootSpan = core.geometry.levelSize(core.geometry.rootLevel);
    this.#kinds = new Map([
      [core.logKind('splitPudToContPmd'), 'pudToContPmd'],
      [core.logKind('splitPudToPmd'), 'pudToPmd'],
      [core.logKind('splitPmdToContPte'), 'pmdToContPte'],
      [core.logKind('splitPmdToPte'), 'pmdToPte'],
    ]);
  }

  /** Takes note of what operations [from, to) of a segment, just run, did and of what the trace saw meanwhile. */
  take(segment: Segment, from: number, to: number): void {
    for (const { kind, va } of this.core.log()) {
      const split = this.#kinds.get(kind);
      if (split === undefined) this.#made.push(va);
      else this.#madeSplits.push(split);
    }
    for (let i = from; i < to; i++) this.#takeCall(segment, i);
  }

  #takeCall(segment: Segment, operation: number): void {
    const index = segment.callOf[operation] as number;
    const call = this.traced.calls[index];
    if (call?.kind === 'change' && call.returned !== null && this.#isChange(segment, operation)) {
      this.#returns++;
      const result = segment.operations.result(operation);
      if (result !== call.returned)
        this.#disagree(call.line, `returned ${call.returned} in the trace, ${result} here`);
    }
    if (this.#expected.has(index)) return;
    this.#expected.add(index);
    const witness = this.traced.witnesses[index] as CallWitness;
    this.#seen.push(...witness.boundaries);
    this.#partial ||= witness.boundariesPartial;
    for (const { level, contiguous } of witness.splits) {
      const kind =
        level === 1 ? (contiguous ? 'pudToContPmd' : 'pudToPmd') : contiguous ? 'pmdToContPte' : 'pmdToPte';
      this.#splits[kind]++;
      this.#seenSplits.push(kind);
    }
    this.#tables.pmd += witness.tables.pmd;
    this.#tables.pte += witness.tables.pte;
  }

  result(): TraceCounters {
    const { armed } = this.traced;
    if (armed.boundaries) this.#compareBoundaries();
    if (armed.splits) this.#compareList(this.#seenSplits, this.#madeSplits, 'splits');
    if (armed.tables) this.#compareTables();
    return {
      splits: armed.splits ? this.#splits : null,
      tablesAllocated: armed.tables ? this.#tables : null,
      boundaries: armed.boundaries ? this.#seen.length : null,
      returns: this.#returns > 0 ? this.#returns : null,
      agrees: this.#disagreements.length === 0,
      disagreements: this.#disagreements.slice(0, LISTED),
    };
  }

  /**
   * A compiler that splits the function keeps its first check, for a boundary that begins a root entry, in the
   * caller; the probe on the rest does not see those.
   */
  #compareBoundaries(): void {
    const visible = (va: Address) => !this.#partial || va % this.#rootSpan !== 0;
    this.#compareList(this.#seen.filter(visible), this.#made.filter(visible), 'boundaries');
  }

  #compareTables(): void {
    const { pmd, pte } = this.core.counters().tablesAllocated;
    if (pmd !== this.#tables.pmd || pte !== this.#tables.pte) {
      this.#disagree(
        0,
        `tables ${this.#tables.pmd} pmd and ${this.#tables.pte} pte in the trace, ${pmd} and ${pte} here`,
      );
    }
  }

  /** Calls of several CPUs interleave, so that only what happened counts, not in which order. */
  #compareList<T extends string | number>(seen: T[], made: T[], what: string): void {
    const order = (list: T[]) => list.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const [wanted, found] = [order(seen), order(made)];
    if (wanted.length !== found.length) {
      this.#disagree(0, `${wanted.length} ${what} in the trace, ${found.length} here`);
    } else if (wanted.some((value, i) => value !== found[i])) {
      this.#disagree(0, `other ${what} than in the trace`);
    }
  }

  #isChange({ operations }: Segment, operation: number): boolean {
    return operations.opcode(operation) === this.core.operation.change;
  }

  #disagree(line: number, text: string): void {
    this.#disagreements.push({ line, text });
  }
}
