// Walk: one virtual address to its leaf, as the hardware walks, noting every descriptor read on the way.
// The result stays in memory at walkResult(). translate.ts walks many addresses, noting nothing.
import { COUNTER_DESCRIPTOR_READS, count } from './counters';
import { CONTIGUOUS, isTable, oaOf, PXN, TABLE_PXN } from './descriptor';
import { contiguousSize, entryOf, LAST_LEVEL, levelSize, rootLevel } from './geometry';
import { root, tableOf } from './tables';
import { isUniform, uniformPage, uniformTableAttributes } from './uniform';

/** No leaf: some entry on the way is zero. */
export const WALK_NONE: i32 = -16;

//   +0 pa u64 | +8 leaf descriptor u64 | +16 bytes of the leaf u64 | +24 bytes one TLB entry may cover u64
//   +32 level i32 | +36 descriptors read u32 | +40 PXN in effect u32 | +48 descriptors u64 x 5, from the root
const RESULT: usize = memory.data(96);
const READ: usize = RESULT + 48;

export function walkResult(): usize {
  return RESULT;
}

/** Walks `va`. Returns the leaf's level, or WALK_NONE. Invalid leaves are reported like valid ones. */
export function walk(va: u64): i32 {
  let table = root;
  let tablePxn: u64 = 0;
  let reads: u32 = 0;
  for (let level = rootLevel; level <= LAST_LEVEL; level++) {
    let desc = load<u64>(entryOf(table, level, va));
    if (level < LAST_LEVEL && isUniform(desc)) {
      const offset = va & (levelSize(level) - 1);
      for (; level < LAST_LEVEL; level++) {
        note(reads, uniformTableAttributes(desc));
        reads++;
      }
      tablePxn |= TABLE_PXN;
      desc = uniformPage(desc, offset);
    }
    note(reads, desc);
    reads++;
    if (desc === 0) break;
    if (level < LAST_LEVEL && isTable(desc)) {
      tablePxn |= desc & TABLE_PXN;
      table = tableOf(desc);
      continue;
    }
    const size = levelSize(level);
    store<u64>(RESULT, oaOf(desc) | (va & (size - 1)));
    store<u64>(RESULT, desc, 8);
    store<u64>(RESULT, size, 16);
    store<u64>(RESULT, desc & CONTIGUOUS ? contiguousSize(level) : size, 24);
    store<i32>(RESULT, level, 32);
    store<u32>(RESULT, reads, 36);
    store<u32>(RESULT, (desc & PXN) !== 0 || tablePxn !== 0 ? 1 : 0, 40);
    count(COUNTER_DESCRIPTOR_READS, reads);
    return level;
  }
  store<u32>(RESULT, reads, 36);
  count(COUNTER_DESCRIPTOR_READS, reads);
  return WALK_NONE;
}

function note(index: u32, desc: u64): void {
  store<u64>(READ + ((<usize>index) << 3), desc);
}
