// Uniform tables: a table, or a whole subtree, whose leaves are pages of one attribute at consecutive
// addresses is not stored. The entry that would point to it holds one word instead:
//
//   | bit 58 | bit 57: the tables are nG | descriptor of the subtree's first page (type 3) |
//
// Bits 58 and 57 are software bits that kernel mappings never use. The word's type bits read as a table's, which is
// what it stands for; only code that descends, reads out or summarises asks isUniform(). The tables are
// counted as allocated when the word is made. The first write below it makes the next table real.
import { COUNTER_DESCRIPTOR_WRITES, COUNTER_TABLES_PTE, count } from './counters';
import {
  ACCESS_FLAG,
  attributesOf,
  NON_GLOBAL,
  oaField,
  oaIsLinear,
  oaOf,
  TABLE_PXN,
  TABLE_UXN,
  TYPE_TABLE,
} from './descriptor';
import { fillDescriptors } from './fill';
import { entriesAt, granuleSize, LAST_LEVEL, levelSize } from './geometry';
import { SYSTEM_UNIFORM_TABLES, systemHas } from './system';
import { failuresScheduled, materialTable, tableDescriptor } from './tables';

const UNIFORM: u64 = (<u64>1) << 58;
/** Set where KPTI has marked the tables. Pages that are made non-global hang on tables that are not. */
const TABLES_NON_GLOBAL: u64 = (<u64>1) << 57;
/** What tells a uniform entry from a table descriptor; clear in all that is stored. */
export const UNIFORM_BITS: u64 = UNIFORM | TABLES_NON_GLOBAL;

/** Attributes of the table descriptors that map_mem() makes, and that splitting a PXN leaf makes. */
export const LINEAR_TABLE: u64 = TABLE_UXN | TABLE_PXN | ACCESS_FLAG;

export function isUniform(desc: u64): bool {
  return (desc & UNIFORM) !== 0;
}

/** True where the span of an entry of `level` that maps `pa` may stay unstored with the attributes given. */
export function mayBeUniform(pa: u64, level: i32, attributes: u64): bool {
  if (!systemHas(SYSTEM_UNIFORM_TABLES) || failuresScheduled()) return false;
  return (attributes & UNIFORM_BITS) === 0 && oaIsLinear(pa, levelSize(level));
}

/** The word for a subtree of pages below an entry of `level`. */
export function uniformEntry(pa: u64, pageAttributes: u64): u64 {
  return UNIFORM | oaField(pa) | pageAttributes;
}

/** Counts what making the subtree below one entry of `level` allocates and stores, the entry itself apart. */
export function countUniform(level: i32): void {
  let tables: u64 = 1;
  let stores: u64 = 0;
  for (let below = level + 1; below <= LAST_LEVEL; below++) {
    count(COUNTER_TABLES_PTE - <u32>(LAST_LEVEL - below), tables);
    tables *= entriesAt(below);
    stores += tables;
  }
  count(COUNTER_DESCRIPTOR_WRITES, stores);
}

/** Descriptor of the first page below a uniform entry. */
export function firstPage(desc: u64): u64 {
  return desc & ~UNIFORM_BITS;
}

/** Descriptor of the page at byte `offset` of the span below a uniform entry. */
export function uniformPage(desc: u64, offset: u64): u64 {
  return firstPage(desc) + (offset & ~(<u64>granuleSize - 1));
}

/** Attributes of the table descriptor that a uniform entry stands for. */
export function uniformTableAttributes(desc: u64): u64 {
  return LINEAR_TABLE | TYPE_TABLE | (desc & TABLES_NON_GLOBAL ? NON_GLOBAL : 0);
}

/** The same pages and tables, all of them non-global. */
export function nonGlobalUniform(desc: u64): u64 {
  return desc | NON_GLOBAL | TABLES_NON_GLOBAL;
}

/** Makes the table below a uniform entry of `level` real and links it. Returns the new table. */
export function materialise(entry: usize, level: i32): usize {
  const desc = load<u64>(entry);
  const table = materialTable(false);
  const below = level + 1;
  const first = below === LAST_LEVEL ? firstPage(desc) : desc;
  fillDescriptors(table, entriesAt(below), first, levelSize(below));
  store<u64>(entry, tableDescriptor(table, uniformTableAttributes(desc)));
  return table;
}

/** Output address that a uniform entry starts at. */
export function uniformOa(desc: u64): u64 {
  return oaOf(firstPage(desc));
}

/** Page attributes below a uniform entry. */
export function uniformAttributes(desc: u64): u64 {
  return attributesOf(firstPage(desc));
}
