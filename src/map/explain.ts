import { type Address, formatAddress } from '../io/address.js';
import { type Bits, classifyLeaf, leafName, type Verdict } from './leaf-change.js';
import {
  type LeafRun,
  type LinearMap,
  levelSize,
  normalise,
  requireSameGeometry,
  runEnd,
  type TableDescriptor,
} from './linear-map.js';
import { servesOnlyLinearMap } from './root-span.js';

export type FindingKind = 'finer leaves' | 'read-only' | 'invalid' | 'unexplained';

/** Neighbouring differences of one kind. */
export interface Finding {
  va: string;
  /** Bytes that the leaves or the table descriptor serve. */
  bytes: number;
  kind: FindingKind;
  text: string;
}

export interface Explanation {
  /** Descriptors of the captured map that differ from the built one as permission changes and their splits would have it. */
  explained: number;
  /** Descriptors that differ otherwise; those that only the built map has count here too. */
  unexplained: number;
  /** Ascending by VA. Tables that came with finer leaves are counted, not listed. */
  findings: Finding[];
}

interface Piece {
  va: Address;
  end: Address;
  kind: FindingKind;
  text: string;
}

/**
 * Holds a map built for a machine against one captured after boot, when permission changes have
 * already split and changed leaves, and tells which differences those explain.
 * @param bits the descriptor bits, from the core's constants
 * @throws RangeError where the maps have different geometry.
 */
export function explainDifferences(built: LinearMap, captured: LinearMap, bits: Bits): Explanation {
  requireSameGeometry(built, captured);
  const before = normalise(built);
  const after = normalise(captured);
  const explanation: Explanation = { explained: 0, unexplained: 0, findings: [] };
  const pieces: Piece[] = [];
  const note = (count: number, verdict: Verdict, va: Address, end: Address): void => {
    if (verdict.kind === 'same') return;
    explanation[verdict.kind === 'unexplained' ? 'unexplained' : 'explained'] += count;
    pieces.push({ va, end, kind: verdict.kind, text: verdict.text });
  };
  explainLeaves(before, after, bits, note);
  explainLostLeaves(before, after, bits, note);
  explanation.explained += explainTables(before, after, note);
  explanation.findings = joinNeighbours(pieces);
  return explanation;
}

type Note = (count: number, verdict: Verdict, va: Address, end: Address) => void;

/** Every captured leaf, against the built leaf it must lie in. */
function explainLeaves(built: LinearMap, captured: LinearMap, bits: Bits, note: Note): void {
  const cursor = new RunCursor(built);
  for (const run of captured.leaves) {
    const size = levelSize(captured.granule, run.level);
    const end = runEnd(run, captured.granule);
    let va = run.va;
    while (va < end) {
      const under = cursor.at(va);
      const whole = Math.floor((Math.min(cursor.endAt(va), end) - va) / size);
      // A captured leaf that reaches past the built run is coarser than it, and found so.
      const count = Math.max(1, whole);
      note(count, classifyLeaf(under, run, bits), va, va + count * size);
      va += count * size;
    }
  }
}

/** Leaves of the built map where the captured map has none. */
function explainLostLeaves(built: LinearMap, captured: LinearMap, bits: Bits, note: Note): void {
  const cursor = new RunCursor(captured);
  for (const run of built.leaves) {
    const size = levelSize(built.granule, run.level);
    const end = runEnd(run, built.granule);
    for (let va = run.va; va < end; ) {
      const stop = Math.min(cursor.endAt(va), end);
      if (cursor.at(va) === undefined) {
        const verdict: Verdict = {
          kind: 'unexplained',
          text: `${leafName(run, bits)} in the built map, nothing here`,
        };
        note(Math.ceil((stop - va) / size), verdict, va, stop);
      }
      va = stop;
    }
  }
}

/** @returns the tables that splits explain: those where the built map has a leaf. */
function explainTables(built: LinearMap, captured: LinearMap, note: Note): number {
  const key = ({ level, va }: TableDescriptor) => `${level} ${va}`;
  const builtTables = new Map(built.tables.map((table) => [key(table), table]));
  const cursor = new RunCursor(built);
  let explained = 0;
  const unexplained = (table: TableDescriptor, text: string): void =>
    note(1, { kind: 'unexplained', text }, table.va, table.va + levelSize(built.granule, table.level));
  for (const table of captured.tables.toSorted((a, b) => a.va - b.va)) {
    const same = builtTables.get(key(table));
    builtTables.delete(key(table));
    if (same === undefined) {
      const under = cursor.at(table.va);
      if (under !== undefined && under.level <= table.level) explained++;
      else if (servesOnlyLinearMap(built, table))
        unexplained(table, 'a table where the built map has nothing');
    } else if (same.attributes !== table.attributes) {
      unexplained(table, `table ${hex(same.attributes)} in the built map, ${hex(table.attributes)} here`);
    }
  }
  for (const table of builtTables.values()) {
    if (servesOnlyLinearMap(built, table)) unexplained(table, 'a table in the built map, none here');
  }
  return explained;
}

/** Looks up runs of a normalised map at ascending addresses. */
class RunCursor {
  private index = 0;

  constructor(private readonly map: LinearMap) {}

  /** The run that serves `va`. */
  at(va: Address): LeafRun | undefined {
    const run = this.seek(va);
    return run !== undefined && run.va <= va ? run : undefined;
  }

  /** Where what is at `va` ends: the end of its run, or the start of the next. */
  endAt(va: Address): Address {
    const run = this.seek(va);
    if (run === undefined) return Number.POSITIVE_INFINITY;
    return run.va <= va ? runEnd(run, this.map.granule) : run.va;
  }

  private seek(va: Address): LeafRun | undefined {
    let run = this.map.leaves[this.index];
    while (run !== undefined && runEnd(run, this.map.granule) <= va) run = this.map.leaves[++this.index];
    return run;
  }
}

function joinNeighbours(pieces: Piece[]): Finding[] {
  const joined: Piece[] = [];
  for (const piece of pieces.sort((a, b) => a.va - b.va)) {
    const last = joined.at(-1);
    if (last && last.end === piece.va && last.kind === piece.kind && last.text === piece.text)
      last.end = piece.end;
    else joined.push({ ...piece });
  }
  return joined.map(({ va, end, kind, text }) => ({ va: formatAddress(va), bytes: end - va, kind, text }));
}

function hex(bits: bigint): string {
  return `0x${bits.toString(16)}`;
}
