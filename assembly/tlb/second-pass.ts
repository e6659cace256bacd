// Second pass: what has missed the first level goes through a second level of small sets, and on to the walk.
import { levelShift } from '../geometry';
import { PRESENT } from './array-layout';
import { attributesOfLeaf, levelOf, offsetOf, resolveLeaf } from './leaf';
import { fetchPending, l2LineCycles, linesAreCached, putLinesAside } from './lines';
import { fillSmall, findInRow, findSmall, smallSet, stampSmall } from './small-sets';
import { secondLevel, structure } from './structures';
import { attributesIn, offsetIn, pieceShift, setContent, tableTag } from './tlb-array';
import {
  add,
  countersOfClass,
  TLB_CLASSES,
  TLB_L1_MISSES,
  TLB_L2_MISSES,
  TLB_LINES_L2,
  TLB_LOOKUP_CYCLES,
  TLB_WALK_CYCLES,
  TLB_WALKS,
} from './tlb-counters';
import { firstRead, firstReadInSmall, keepsAllInSecond, walkLookupCycles } from './walker';

const PAGE_MASK: u64 = ~(<u64>0xfff);
const CLASS_MASK: u64 = 6;
const INSTRUCTION: u64 = 6;

/** For each miss of the first level: u64 of its tag in the second, u32 of the slot where that was at first, or 0. */
const LOOK_UPS: usize = memory.data(16 * 1024, 64);

/** u64 for each class, what a slice adds to the counters: so that a miss makes one addition. */
const SUMS: usize = memory.data(8 * 4, 8);
const L1_MISS: u64 = 1;
const L2_MISS: u64 = 1 << 11;
/** Lines read, where they are not put aside. */
const LINE_SHIFT: u64 = 22;
/** Sizes probed for. */
const PROBE_SHIFT: u64 = 40;
const MISSES_MASK: u64 = (1 << 11) - 1;
const LINES_MASK: u64 = (1 << 18) - 1;

let l2HitCycles: u64 = 0;
let probeCycles: u64 = 0;

export function setLookupTiming(l2Hit: u64, probe: u64): void {
  l2HitCycles = l2Hit;
  probeCycles = probe;
}

/**
 * The rest of the accesses of a slice that have missed the first level, u32 of their numbers at `misses` and u32 of
 * the slots that they have got there, or 0. All have valid leaves.
 */
export function passSecond(words: usize, reaches: usize, misses: usize, end: usize): void {
  lookUp(words, reaches, misses, end);
  const inSmall = keepsAllInSecond();
  const aside = linesAreCached;
  const data = secondLevel(0);
  const instruction = secondLevel(1);
  for (let at = misses, look = LOOK_UPS; at < end; at += 8, look += 16) {
    const word = load<u64>(words + ((<usize>load<u32>(at)) << 3));
    const kind = word & CLASS_MASK;
    const second = select(instruction, data, kind === INSTRUCTION);
    const tag = load<u64>(look);
    let found = load<usize>(look, 8);
    // What was there at first may have been replaced since, and what was not may have come.
    if (load<u64>(found) !== tag) found = findSmall(second, tag);
    let sum = L1_MISS;
    if (found !== 0) {
      sum += popcnt(load<u64>(second, PRESENT) & (((<u64>2) << (tag & 63)) - 1)) << PROBE_SHIFT;
      stampSmall(second, found);
    } else {
      sum += L2_MISS + (max(1, popcnt(load<u64>(second, PRESENT))) << PROBE_SHIFT);
      const va = word & PAGE_MASK;
      const leaf = resolveLeaf(va, <u32>kind);
      const level = levelOf(leaf);
      const start = inSmall ? firstReadInSmall(va, level, second) : firstRead(va, level, second);
      if (aside) putLinesAside(va, start, level, kind >> 1);
      else sum += (<u64>(level - start + 1)) << LINE_SHIFT;
      // What has been read goes into the second level, tables first. One call, which the compiler inlines.
      for (let read = inSmall ? start : level; ; read++) {
        const isLeaf = read === level;
        const entry = isLeaf ? tag : tableTag(va, <u64>levelShift(read));
        found = fillSmall(second, entry, isLeaf ? offsetOf(leaf) : 0, isLeaf ? attributesOfLeaf(leaf) : 0);
        if (isLeaf) break;
      }
    }
    const sums = SUMS + ((<usize>kind) << 2);
    store<u64>(sums, load<u64>(sums) + sum);
    const slot = load<usize>(at, 4);
    if (slot !== 0) {
      const first = structure(u32(kind === INSTRUCTION));
      setContent(first, slot, offsetIn(second, found), attributesIn(second, found));
    }
  }
  addSums();
  if (aside) fetchPending();
}

/** Looks up what the second level holds at first. These look-ups do not wait for each other, nor for a branch. */
function lookUp(words: usize, reaches: usize, misses: usize, end: usize): void {
  const data = secondLevel(0);
  const instruction = secondLevel(1);
  for (let at = misses, look = LOOK_UPS; at < end; at += 8, look += 16) {
    const i = <usize>load<u32>(at);
    const word = load<u64>(words + (i << 3));
    const second = select(instruction, data, (word & CLASS_MASK) === INSTRUCTION);
    const piece = pieceShift(second, load<u8>(reaches + i));
    const number = word >> piece;
    const tag = (number << piece) | piece;
    store<u64>(look, tag);
    store<usize>(look, findInRow(smallSet(second, number), tag), 8);
  }
}

function addSums(): void {
  for (let kind: u32 = 0; kind < TLB_CLASSES; kind++) {
    const at = SUMS + ((<usize>kind) << 3);
    const sum = load<u64>(at);
    store<u64>(at, 0);
    const l1Misses = sum & MISSES_MASK;
    const walks = (sum >> 11) & MISSES_MASK;
    const lines = (sum >> LINE_SHIFT) & LINES_MASK;
    const probes = sum >> PROBE_SHIFT;
    const counters = countersOfClass(kind);
    add(counters, TLB_L1_MISSES, l1Misses);
    add(counters, TLB_L2_MISSES, walks);
    add(counters, TLB_LOOKUP_CYCLES, l1Misses * l2HitCycles + (probes - l1Misses) * probeCycles);
    add(counters, TLB_WALKS, walks);
    add(counters, TLB_LINES_L2, lines);
    add(counters, TLB_WALK_CYCLES, walks * walkLookupCycles + lines * l2LineCycles);
  }
}
