// What the numbers of a core must be to each other.
import type { WrongValue } from '../../io/json.js';
import type { LineCacheModel, TlbModel, WalkCacheModel } from './core-model.js';
import type { CoreDescription } from './core-schema.js';

const LINE_BYTES = 64;

/** The first thing that makes no hardware, in the order of the file; null where all is well. */
export function findBadGeometry(core: CoreDescription): WrongValue | null {
  const { l1Data, l1Instruction, l2, walkCache, lines } = core;
  return (
    badTlb(l1Data, ['l1Data']) ??
    badTlb(l1Instruction, ['l1Instruction']) ??
    badSecondLevel(l2) ??
    badWalkCache(walkCache) ??
    badLineCache(lines.l2, ['lines', 'l2']) ??
    (lines.system && badLineCache(lines.system, ['lines', 'system']))
  );
}

function badSecondLevel({ unified, data, instruction }: CoreDescription['l2']): WrongValue | null {
  const isUnified = unified !== undefined && data === undefined && instruction === undefined;
  const isSplit = unified === undefined && data !== undefined && instruction !== undefined;
  if (!isUnified && !isSplit) {
    const found = Object.entries({ unified, data, instruction }).flatMap(([key, tlb]) => (tlb ? [key] : []));
    return {
      path: ['l2'],
      expected: 'either "unified", or "data" and "instruction"',
      found: found.length === 0 ? 'none of them' : found.join(' and '),
    };
  }
  return (
    (unified && badTlb(unified, ['l2', 'unified'])) ??
    (data && badTlb(data, ['l2', 'data'])) ??
    (instruction && badTlb(instruction, ['l2', 'instruction'])) ??
    null
  );
}

function badTlb({ entries, ways, policy }: TlbModel, path: readonly string[]): WrongValue | null {
  const wrong = badSets(entries.value, ways.value, [...path, 'ways']);
  if (wrong) return wrong;
  if (policy.value === 'plru' && !isPowerOfTwo(ways.value)) {
    return {
      path: [...path, 'policy', 'value'],
      expected: `"lru" or "fifo" with ${ways.value} ways: a tree needs a power of two`,
    };
  }
  return null;
}

function badWalkCache({ kind, entries, ways }: WalkCacheModel): WrongValue | null {
  if (kind.value === 'separate') {
    if (entries.value === 0) {
      return { path: ['walkCache', 'entries', 'value'], expected: 'at least 1 in a separate walk cache' };
    }
    return badSets(entries.value, ways.value, ['walkCache', 'ways']);
  }
  const counts = Object.entries({ entries, ways });
  const [name] = counts.find(([, { value }]) => value !== 0) ?? [];
  if (name === undefined) return null;
  return { path: ['walkCache', name, 'value'], expected: `0 where the walk cache is "${kind.value}"` };
}

function badLineCache({ bytes, ways }: LineCacheModel, path: readonly string[]): WrongValue | null {
  if (bytes.value % LINE_BYTES !== 0) {
    return { path: [...path, 'bytes', 'value'], expected: `a multiple of the ${LINE_BYTES} bytes of a line` };
  }
  return badSets(bytes.value / LINE_BYTES, ways.value, [...path, 'ways']);
}

/** A set is chosen by bits of the address. */
function badSets(entries: number, ways: number, path: readonly string[]): WrongValue | null {
  if (isPowerOfTwo(entries / ways)) return null;
  return {
    path: [...path, 'value'],
    expected: `ways that make ${entries} entries a power of two of sets`,
  };
}

function isPowerOfTwo(value: number): boolean {
  return value >= 1 && Number.isInteger(Math.log2(value));
}
