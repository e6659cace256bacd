/** What must hold of any linear map, said about a readout of the core alone. Numbers are the checker list's. */
import type { TableCounts } from '../../src/core/core.js';
import { type LeafRun, type LinearMap, levelSize } from '../../src/map/linear-map.js';
import type { ModelMachine } from '../model/machine.js';

const VALID = 1n << 0n;
const TYPE = 1n << 1n;
const USER = 1n << 6n;
const READ_ONLY = 1n << 7n;
const ACCESS = 1n << 10n;
const BIT_11 = 1n << 11n;
const WRITE = 1n << 51n;
const CONTIGUOUS = 1n << 52n;
const PXN = 1n << 53n;
const UXN = 1n << 54n;
const TABLE_PXN = 1n << 59n;

/** [start, end) in VA, mapped by leaves of the same attributes to consecutive addresses. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly pa: number;
  readonly attributes: bigint;
}

function fail(what: string, run: { va: number; level: number; attributes: bigint }): never {
  throw new Error(
    `${what}: level ${run.level}, va ${run.va} (0x${BigInt.asUintN(64, BigInt(run.va)).toString(16)}), attributes 0x${run.attributes.toString(16)}`,
  );
}

/** Memory that is mapped, as ascending, disjoint VA ranges. */
function mappedMemory(machine: ModelMachine, pageOffset: number): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  const banks = machine.memory.filter(({ noMap }) => noMap !== true).sort((a, b) => a.start - b.start);
  for (const bank of banks) {
    const start = bank.start - (machine.physOffset ?? 0) + pageOffset;
    const last = ranges.at(-1);
    if (last?.end === start) last.end += bank.size;
    else ranges.push({ start, end: start + bank.size });
  }
  return ranges;
}

const end = (map: LinearMap, run: LeafRun): number => run.va + run.count * levelSize(map.granule, run.level);

/** Leaves that map memory, apart from the marks that a call has left in empty slots of a page table (5.5). */
export function memoryLeaves(map: LinearMap, machine: ModelMachine, pageOffset: number): LeafRun[] {
  const memory = mappedMemory(machine, pageOffset);
  return map.leaves.filter((run) => memory.some(({ start, end }) => run.va >= start && run.va < end));
}

/** I1 and I7: every byte of memory is translated, once, by linear arithmetic, and nothing else is present. */
export function checkTranslation(map: LinearMap, machine: ModelMachine, pageOffset: number): void {
  let previous = Number.NEGATIVE_INFINITY;
  for (const run of map.leaves) {
    if (run.va < previous) fail('I7: leaves overlap', run);
    previous = end(map, run);
  }
  const leaves = memoryLeaves(map, machine, pageOffset);
  for (const { start, end: bankEnd } of mappedMemory(machine, pageOffset)) {
    let covered = start;
    for (const run of leaves) {
      if (run.va < start || run.va >= bankEnd) continue;
      if (run.va !== covered) fail(`I1: nothing is mapped at ${covered}`, run);
      if (run.pa !== run.va - pageOffset + (machine.physOffset ?? 0)) fail(`I1: it leads to ${run.pa}`, run);
      if ((run.attributes & (VALID | BIT_11)) === 0n) fail('I1: not present', run);
      covered = end(map, run);
    }
    if (covered !== bankEnd) throw new Error(`I1: mapped up to ${covered}, memory ends at ${bankEnd}`);
  }
  for (const run of map.leaves) {
    if (leaves.includes(run)) continue;
    const marked = run.level === 3 && run.pa === 0 && run.count === 1;
    if (!marked) fail('I1: no memory lies here', run);
  }
}

/** I2, I8 and the bits that every kernel leaf has. */
export function checkAttributes(map: LinearMap, machine: ModelMachine, pageOffset: number): void {
  for (const run of memoryLeaves(map, machine, pageOffset)) {
    const has = (bits: bigint): boolean => (run.attributes & bits) === bits;
    if (!has(UXN) || !has(ACCESS) || (run.attributes & USER) !== 0n) fail('I2: no kernel leaf', run);
    if (!has(PXN) && !has(READ_ONLY) && !hasTablePxn(map, run)) fail('I2: writable and executable', run);
    if (has(READ_ONLY) === has(WRITE)) fail('I8: RDONLY and WRITE agree', run);
    const bit11 = !has(VALID) || machine.nonGlobal;
    if (has(BIT_11) !== bit11) fail('I8: bit 11', run);
    if (has(VALID) && has(TYPE) !== (run.level === 3)) fail('a leaf with the type of another level', run);
  }
}

function hasTablePxn(map: LinearMap, run: LeafRun): boolean {
  return map.tables.some(
    ({ level, va, attributes }) =>
      (attributes & TABLE_PXN) !== 0n &&
      level < run.level &&
      va <= run.va &&
      end(map, run) <= va + levelSize(map.granule, level),
  );
}

/** I5: contiguous leaves come in whole, aligned groups of one kind. Runs are maximal, so each is whole groups. */
export function checkGroups(map: LinearMap): void {
  const entries = { 4096: [16, 16], 16384: [32, 128], 65536: [32, 32] }[map.granule];
  for (const run of map.leaves) {
    if ((run.attributes & CONTIGUOUS) === 0n) continue;
    const group =
      (entries[run.level - 2] ?? fail('I5: a level without groups', run)) * levelSize(map.granule, run.level);
    if (run.level === 2 && map.rootLevel === 2) fail('I5: a group of root entries', run);
    if (run.va % group !== 0 || run.pa % group !== 0 || end(map, run) % group !== 0)
      fail('I5: part of a group', run);
  }
}

/** I6 and I7: every table hangs on one above it, every leaf on a table, and none lies in the span of a leaf. */
export function checkTree(map: LinearMap): void {
  const linked = new Set(map.tables.map(({ level, va }) => `${level} ${va}`));
  if (linked.size !== map.tables.length) throw new Error('I6: a table is listed twice');
  const require = (
    level: number,
    va: number,
    run: { va: number; level: number; attributes: bigint },
  ): void => {
    for (let above = level - 1; above >= map.rootLevel; above--) {
      const span = levelSize(map.granule, above);
      if (!linked.has(`${above} ${Math.floor(va / span) * span}`))
        fail(`I6: no table at level ${above}`, run);
    }
  };
  for (const table of map.tables) require(table.level, table.va, table);
  for (const run of map.leaves) {
    const tableSpan =
      run.level === map.rootLevel ? Number.POSITIVE_INFINITY : levelSize(map.granule, run.level - 1);
    for (let va = run.va; va < end(map, run); va = (Math.floor(va / tableSpan) + 1) * tableSpan)
      require(run.level, va, run);
    for (const table of map.tables) {
      if (table.level === run.level && table.va >= run.va && table.va < end(map, run))
        fail('I7: a leaf and a table', run);
    }
  }
}

/** Tables below the root by what their entries are. `pageEnd`: the root entry beyond which serves others too. */
export function tablesListed(map: LinearMap, pageEnd: number): TableCounts {
  const counts: TableCounts = { p4d: 0, pud: 0, pmd: 0, pte: 0 };
  for (const { level, va } of map.tables) {
    const name = (['p4d', 'pud', 'pmd', 'pte'] as const)[level + 1];
    if (name === undefined) throw new Error(`a table descriptor at level ${level}`);
    if (va + levelSize(map.granule, level) <= pageEnd) counts[name]++;
  }
  return counts;
}

/** The map as software sees it: leaf sizes, and the bits that only say how large a leaf is, left out. */
export function translations(map: LinearMap): Stretch[] {
  const stretches: Stretch[] = [];
  for (const run of map.leaves) {
    const attributes = run.attributes & ~(CONTIGUOUS | TYPE);
    const last = stretches.at(-1);
    const follows =
      last?.end === run.va && last.attributes === attributes && last.pa + last.end - last.start === run.pa;
    if (last && follows) stretches[stretches.length - 1] = { ...last, end: end(map, run) };
    else stretches.push({ start: run.va, end: end(map, run), pa: run.pa, attributes });
  }
  return stretches;
}

/** Attributes of every leaf that touches [from, to): I3, I12. */
export function leavesIn(map: LinearMap, from: number, to: number): LeafRun[] {
  return from < to ? map.leaves.filter((run) => run.va < to && end(map, run) > from) : [];
}

export const isReadOnly = (run: LeafRun): boolean =>
  (run.attributes & READ_ONLY) !== 0n && (run.attributes & WRITE) === 0n;
export const isWritable = (run: LeafRun): boolean =>
  (run.attributes & READ_ONLY) === 0n && (run.attributes & WRITE) !== 0n;
export const isContiguous = (run: LeafRun): boolean => (run.attributes & CONTIGUOUS) !== 0n;
export const isValid = (run: LeafRun): boolean => (run.attributes & VALID) !== 0n;
