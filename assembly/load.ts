// Load: a captured map written back into tables, exactly as it was found. Tables come first, parents before
// children; then leaves. Nothing here is counted as an event.
import { oaField, oaIsLinear, TYPE_TABLE } from './descriptor';
import { EINVAL } from './errno';
import { fillDescriptors } from './fill';
import { entryOf, LAST_LEVEL, levelSize, nextBoundary, rootLevel } from './geometry';
import { materialTable, root, tableDescriptor, tableOf } from './tables';
import { isUniform, UNIFORM_BITS } from './uniform';

/**
 * Links an empty table at the entry of `level` for `va`. Returns -EINVAL where its parent is missing, or where the
 * attributes are those of a uniform entry.
 */
export function loadTable(level: i32, va: u64, attributes: u64): i32 {
  if (level < rootLevel || level >= LAST_LEVEL || (attributes & TYPE_TABLE) !== TYPE_TABLE) return -EINVAL;
  if (attributes & UNIFORM_BITS) return -EINVAL;
  const table = tableFor(level, va);
  if (table === 0) return -EINVAL;
  const entry = entryOf(table, level, va);
  if (load<u64>(entry) !== 0) return -EINVAL;
  store<u64>(entry, tableDescriptor(materialTable(true), attributes));
  return 0;
}

/**
 * Writes a run of leaves. Returns -EINVAL where a table for them is missing, an entry is taken, or the attributes are
 * those of a uniform entry.
 */
export function loadLeaves(level: i32, va: u64, pa: u64, leaves: u64, attributes: u64): i32 {
  if (level < rootLevel || level > LAST_LEVEL) return -EINVAL;
  if (level < LAST_LEVEL && isUniform(attributes)) return -EINVAL;
  const size = levelSize(level);
  if ((va | pa) & (size - 1)) return -EINVAL;
  // A root entry's span is as good as a table's for cutting the run.
  const tableSpan = level === rootLevel ? size : levelSize(level - 1);
  const end = va + leaves * size;
  while (va < end) {
    const next = nextBoundary(va, end, tableSpan);
    const table = tableFor(level, va);
    if (table === 0) return -EINVAL;
    if (!loadEntries(entryOf(table, level, va), <u32>((next - va) / size), pa, size, attributes))
      return -EINVAL;
    pa += next - va;
    va = next;
  }
  return 0;
}

function loadEntries(entry: usize, entries: u32, pa: u64, size: u64, attributes: u64): bool {
  for (let i: u32 = 0; i < entries; i++) {
    if (load<u64>(entry + ((<usize>i) << 3)) !== 0) return false;
  }
  if (oaIsLinear(pa, size * entries)) {
    fillDescriptors(entry, entries, oaField(pa) | attributes, size);
    return true;
  }
  for (let i: u32 = 0; i < entries; i++) {
    store<u64>(entry + ((<usize>i) << 3), oaField(pa + size * i) | attributes);
  }
  return true;
}

/** The table whose entries are of `level` and cover `va`; 0 where it does not exist. */
function tableFor(level: i32, va: u64): usize {
  let table = root;
  for (let above = rootLevel; above < level; above++) {
    const desc = load<u64>(entryOf(table, above, va));
    if ((desc & TYPE_TABLE) !== TYPE_TABLE) return 0;
    table = tableOf(desc);
  }
  return table;
}
