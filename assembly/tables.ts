// Tables: the memory that page tables live in. One table is one granule; its address is an offset in this
// module's memory and doubles as its physical address, for nobody can predict where a real kernel's
// allocator would put it. Tables are never freed: the kernel does not free linear-map tables either.

import { COUNTER_TABLES_PTE, count } from './counters';
import { TYPE_TABLE } from './descriptor';
import { DESCRIPTOR_SHIFT, entriesAt, granuleSize, rootLevel } from './geometry';

/** swapper_pg_dir */
export let root: usize = 0;
let rootEnd: usize = 0;

let arenaStart: usize = 0;
let arenaNext: usize = 0;
/** Memory beyond was never written and is still zero. */
let arenaDirty: usize = 0;
/** Bytes between the tables that are none. */
let reserved: usize = 0;

/** Allocations that still succeed; negative: all of them. */
let allocationsLeft: i64 = -1;
/** Set when this module's own memory is used up, which is no event of the simulated machine. */
export let outOfMemory: bool = false;

/** Reserves everything before `start` for other uses. Called once. */
export function setArenaStart(start: usize): void {
  arenaStart = start;
  arenaNext = start;
  arenaDirty = start;
}

/** Forgets all tables and makes an empty root for the geometry in force. */
export function resetTables(): void {
  const mask = <usize>granuleSize - 1;
  arenaDirty = max(arenaDirty, arenaNext);
  arenaNext = (arenaStart + mask) & ~mask;
  allocationsLeft = -1;
  reserved = 0;
  outOfMemory = false;
  root = take(granuleSize);
  rootEnd = root + ((<usize>entriesAt(rootLevel)) << DESCRIPTOR_SHIFT);
  memory.fill(root, 0, granuleSize);
}

export function arenaBytes(): usize {
  return arenaNext - root - reserved;
}

/** Memory for something other than tables, not cleared. It goes with the tables when they are reset. */
export function reserveBytes(bytes: usize): usize {
  const mask = <usize>granuleSize - 1;
  const whole = (bytes + mask) & ~mask;
  reserved += whole;
  return take(whole);
}

/** The next `n` allocations succeed, all later ones fail; a negative `n` ends that. */
export function failAllocationsAfter(n: i64): void {
  allocationsLeft = n;
}

/** Entry stored in swapper_pg_dir itself: in_swapper_pgdir(). */
export function inRoot(entry: usize): bool {
  return entry - root < rootEnd - root;
}

export function failuresScheduled(): bool {
  return allocationsLeft >= 0;
}

/** One allocation of a table whose entries are of `level`: counts it, or says that it fails. */
export function mayAllocate(level: i32): bool {
  if (allocationsLeft >= 0) {
    if (allocationsLeft === 0) return false;
    allocationsLeft--;
  }
  count(COUNTER_TABLES_PTE - <u32>(3 - level));
  return true;
}

/**
 * Memory for a table whose allocation has been counted. With `zero` false its contents are undefined and the
 * caller writes every entry.
 */
export function materialTable(zero: bool): usize {
  const table = take(granuleSize);
  if (zero && table < arenaDirty) memory.fill(table, 0, granuleSize);
  return table;
}

/** The table that a table descriptor points to. */
export function tableOf(desc: u64): usize {
  return <usize>(<u32>desc & ~(granuleSize - 1));
}

/** Descriptor of `table` with the attribute bits given. */
export function tableDescriptor(table: usize, attributes: u64): u64 {
  return <u64>table | attributes | TYPE_TABLE;
}

/** The bits of a table descriptor that are not the next table's address, which fits 32 bits here. */
export function tableAttributes(desc: u64): u64 {
  return desc & ~(<u64>~(granuleSize - 1));
}

function take(bytes: usize): usize {
  const start = arenaNext;
  const end = <u64>start + bytes;
  // The byte after the last one has no address of 32 bits.
  if (end >= (<u64>1) << 32) giveUp();
  const have = (<u64>memory.size()) << 16;
  if (end > have) {
    const missing = <i32>((end - have + 0xffff) >> 16);
    // Geometric growth: one memory.grow() costs as much as filling hundreds of tables.
    const wish = max(missing, min(memory.size() >> 1, 65536 - memory.size()));
    if (memory.grow(wish) < 0 && memory.grow(missing) < 0) giveUp();
  }
  arenaNext = <usize>end;
  return start;
}

function giveUp(): void {
  outOfMemory = true;
  unreachable();
}
