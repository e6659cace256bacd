// A linear map from kernel_page_tables: what the columns show, and the kernel's rules for what they do not.
import type { Core } from '../../core/core.js';
import { type Address, formatAddress } from '../../io/address.js';
import { InputError } from '../../io/input-error.js';
import { formatSize } from '../../io/size.js';
import { bootLinearMap } from '../../kernel/boot.js';
import type { Machine } from '../../machine/machine.js';
import { readMap } from '../../map/core-map.js';
import {
  type LeafRun,
  type LinearMap,
  levelSize,
  normalise,
  rootLevelOf,
  type TableDescriptor,
} from '../../map/linear-map.js';
import type { Ptdump, PtdumpLeaf, PtdumpRange } from '../texts/ptdump.js';
import { requireGroups, requireWhole } from './dump-completeness.js';
import { type LeafPrototypes, leafPrototypes } from './leaf-prototypes.js';
import { linearEndOf } from './mapped-memory.js';
import { levelNamed } from './ptdump-level.js';

interface PtdumpMap {
  /** In normal form. */
  map: LinearMap;
  /** What the dump does not show and was filled in, one sentence each. */
  assumed: string[];
}

/** More tables than this are no dump: 2^22 of them map 8 TiB by 4K pages, and no file lists so many. */
const MOST_TABLES = 2 ** 22;

/**
 * Rebuilds the linear map of a machine from a dump of its tables.
 * @param core used up: it is reset
 * @throws InputError naming the line that this machine cannot have: a range that its leaves do not tile, or that
 *   would be mapped to no physical address; or the line before or after which one is missing
 */
export function mapFromPtdump(dump: Ptdump, machine: Machine, core: Core): PtdumpMap {
  const { granule, vaBits } = machine;
  const prototypes = leafPrototypes(core, granule, vaBits);
  const rebuilt = new Rebuilt(dump, machine, prototypes, core.bits);
  const pageEnd = Math.min(machine.pageEnd, linearEndOf(dump, granule, vaBits));
  const ranges = dump.ranges.filter(({ start }) => start >= machine.pageOffset && start < pageEnd);
  if (dump.holes) requireWhole(dump, ranges, machine.pageOffset, pageEnd);
  for (const range of ranges) rebuilt.add(range, pageEnd);
  requireGroups(dump, ranges, (name) => core.geometry.contiguousSize(levelNamed(name, rebuilt.rootLevel)));
  if (rebuilt.leaves.length === 0) {
    const first = formatAddress(machine.pageOffset);
    throw new InputError(
      dump.file,
      null,
      `expected mapped memory in the linear map from ${first} (kernels before 5.4 have it elsewhere), found none`,
    );
  }
  const tables = rebuilt.tables();
  if (machine.nonGlobal) markBootTables(tables, machine, core, rebuilt);
  const map: LinearMap = {
    granule,
    vaBits,
    rootLevel: rootLevelOf(granule, vaBits),
    leaves: rebuilt.leaves,
    tables,
  };
  return { map: normalise(map), assumed: rebuilt.assumed() };
}

class Rebuilt {
  readonly leaves: LeafRun[] = [];
  readonly #spans: Set<Address>[];
  readonly #notes = new Set<string>();
  readonly rootLevel: number;
  #tables = 0;

  constructor(
    readonly dump: Ptdump,
    readonly machine: Machine,
    readonly prototypes: LeafPrototypes,
    readonly bits: Core['bits'],
  ) {
    this.rootLevel = rootLevelOf(machine.granule, machine.vaBits);
    this.#spans = Array.from({ length: 3 - this.rootLevel }, () => new Set<Address>());
  }

  add(range: PtdumpRange, pageEnd: Address): void {
    const level = this.#levelOf(range);
    // What reaches beyond the linear map is one range with what follows only where both are empty.
    const end = range.leaf === null ? Math.min(range.end, pageEnd) : range.end;
    const size = levelSize(this.machine.granule, level);
    const tiles = range.start % size === 0 && (end % size === 0 || end === pageEnd);
    if (!tiles || end > pageEnd) {
      throw this.#error(
        range,
        `addresses that are multiples of ${formatSize(size)}, the size of a ${range.level}`,
      );
    }
    this.#addTables(range, level, end);
    if (range.leaf === null) return;
    const attributes = this.#attributes(range.leaf, level);
    if (attributes === null) {
      this.note(
        `line ${range.line}: an entry that no leaf of a linear map is (it lacks AF or UXN, or has a type of device) is left out`,
      );
      return;
    }
    const { pageOffset, physOffset } = this.machine;
    const pa = range.start - pageOffset + physOffset;
    if (pa < 0 || pa % size !== 0 || pa + (end - range.start) > 2 ** 52) {
      const found = `PA ${pa < 0 ? `-${formatAddress(-pa)}` : formatAddress(pa)}`;
      throw this.#error(
        range,
        `a physical address that a leaf of ${formatSize(size)} can have with physOffset ${formatAddress(physOffset)}`,
        found,
      );
    }
    this.leaves.push({ level, va: range.start, pa, count: (end - range.start) / size, attributes });
  }

  note(text: string): void {
    this.#notes.add(text);
  }

  tables(): TableDescriptor[] {
    const { table, shared } = this.prototypes;
    return this.#spans.flatMap((spans, index) => {
      const level = this.rootLevel + index;
      return [...spans].map((va) => ({
        level,
        va,
        attributes: shared && level === this.rootLevel && shared.va === va ? shared.attributes : table,
      }));
    });
  }

  assumed(): string[] {
    const { physOffset } = this.machine;
    const notes = [
      `physical addresses: VA - PAGE_OFFSET + ${formatAddress(physOffset)}, as everywhere in a linear map`,
      'the write bit (51) is set where RDONLY is clear, as permission changes keep it; the dirty bit (55) is set, as since 7.0',
      'table descriptors are those that the kernel makes for its linear map (a dump does not show them)',
    ];
    if (!this.dump.holes) {
      notes.push('this kernel does not list empty entries: a table that holds nothing else is not seen');
    }
    return [...notes, ...this.#notes];
  }

  #levelOf(range: PtdumpRange): number {
    const level = levelNamed(range.level, this.rootLevel);
    const first = range.leaf === null ? this.rootLevel : Math.max(1, this.rootLevel);
    if (level >= first) return level;
    const { granule, vaBits } = this.machine;
    throw this.#error(
      range,
      `a level that ${granule / 1024}K pages with ${vaBits} VA bits have`,
      range.level,
    );
  }

  /** An entry of a level, empty or not, is in a table to which every level above has a descriptor. */
  #addTables({ start, line }: PtdumpRange, level: number, end: Address): void {
    for (let above = this.rootLevel; above < level; above++) {
      const size = levelSize(this.machine.granule, above);
      const spans = this.#spans[above - this.rootLevel];
      for (let va = Math.floor(start / size) * size; va < end; va += size) {
        if (spans?.has(va)) continue;
        spans?.add(va);
        if (++this.#tables > MOST_TABLES) {
          throw new InputError(this.dump.file, line, `expected at most ${MOST_TABLES} tables, found more`);
        }
      }
    }
  }

  /** The descriptor that shows these columns; null where no leaf of a linear map does. */
  #attributes(leaf: Readonly<PtdumpLeaf>, level: number): bigint | null {
    const { tagged, untagged, readOnly, invalid } = this.prototypes;
    const { bits, machine } = this;
    const normal = leaf.memory === 'MEM/NORMAL' || leaf.memory === 'MEM/NORMAL-TAGGED';
    const shareable = leaf.shareable || machine.lpa2;
    if (!normal || !leaf.accessed || leaf.userExecutable || leaf.user || leaf.guarded || !shareable)
      return null;
    const prototype = leaf.memory === 'MEM/NORMAL-TAGGED' ? tagged : untagged;
    let attributes = level === 3 ? prototype.page : prototype.block;
    if (leaf.readOnly) attributes = (attributes & ~readOnly.clear) | readOnly.set;
    if (leaf.executable) attributes &= ~bits.pxn;
    if (leaf.contiguous) attributes |= bits.contiguous;
    if (!leaf.valid) {
      attributes = (attributes & ~invalid.clear) | invalid.set;
      if (!leaf.nonGlobal) this.note('invalid entries without bit 11, as kernels before 7.1 leave them');
    }
    return leaf.nonGlobal ? attributes | bits.presentInvalid : attributes & ~bits.presentInvalid;
  }

  #error({ line, start, end }: PtdumpRange, expected: string, found?: string): InputError {
    const range = `${formatAddress(start)}-${formatAddress(end)}`;
    return new InputError(this.dump.file, line, `expected ${expected}, found ${found ?? range}`);
  }
}

/** With KPTI, tables made by the boot carry nG and those of later splits do not: the boot is simulated to tell. */
function markBootTables(tables: TableDescriptor[], machine: Machine, core: Core, rebuilt: Rebuilt): void {
  try {
    bootLinearMap(core, machine, 'final');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    rebuilt.note('which tables the boot made could not be simulated: none is marked non-global');
    return;
  }
  const booted = new Map(
    readMap(core).tables.map(({ level, va, attributes }) => [`${level} ${va}`, attributes]),
  );
  for (const table of tables) {
    table.attributes = booted.get(`${table.level} ${table.va}`) ?? table.attributes;
  }
  rebuilt.note('tables that the simulated boot makes too are marked as KPTI marks those of the boot');
}
