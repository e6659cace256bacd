// What is wrong or odd in a map, besides broken contiguous groups.
import type { Address } from '../io/address.js';
import { formatSize } from '../io/size.js';
import { pageEndOf, pageOffsetOf } from '../machine/va-layout.js';
import {
  hasExecutableBits,
  isCacheableMemory,
  isReadOnly,
  isValid,
  isWritable,
  type LeafBits,
  memoryTypeOf,
} from './descriptor-fields.js';
import type { MapFinding } from './finding.js';
import { type LeafRun, type LinearMap, levelSize, runEnd } from './linear-map.js';
import { executableParts } from './permission-ranges.js';
import { servesOnlyLinearMap } from './root-span.js';
import { outsideOf, overlapOf, type Span, unionOf } from './span.js';
import { leafSizeOf } from './summary.js';

/** What is known of the machine beyond its map. */
export interface MachineRanges {
  /** PA - VA of the linear map. */
  offset: number;
  /** VAs of memory that belongs into the linear map, ascending and apart. */
  memory: readonly Span[];
  /** VAs that the kernel maps by single pages, and why. */
  pagesOnly: readonly (Span & { why: string })[];
  /** KFENCE's early pool, which is mapped by pages whatever the machine. */
  pool: Span | null;
}

/**
 * Findings that single descriptors give.
 * @param map in normal form
 * @param machine null where nothing but the map is known
 */
export function mapFindings(map: LinearMap, bits: LeafBits, machine: MachineRanges | null): MapFinding[] {
  return [
    ...executableFindings(map, bits),
    ...map.leaves.flatMap((run) => runFindings(run, map.granule, bits)),
    ...mixedGlobal(map, bits),
    ...strayOutput(map, machine?.offset ?? commonOffset(map)),
    ...outsideLinearMap(map),
    ...emptyTables(map),
    ...(machine ? machineFindings(map, bits, machine) : []),
  ];
}

/** Writable and executable memory; debug_checkwx() looks at the leaf alone, the hardware at the tables above too. */
function executableFindings(map: LinearMap, bits: LeafBits): MapFinding[] {
  const writable = ({ attributes }: LeafRun) => isWritable(attributes, bits);
  const findings: MapFinding[] = executableParts(map, bits)
    .filter(({ run }) => writable(run))
    .map(({ va, end }) => ({ kind: 'writable-executable', va, end, text: 'writable and executable' }));
  const executable = unionOf(findings);
  for (const run of map.leaves) {
    if (!writable(run) || !hasExecutableBits(run.attributes, bits)) continue;
    for (const span of outsideOf({ va: run.va, end: runEnd(run, map.granule) }, executable)) {
      const text =
        'writable and executable by the leaf alone (debug_checkwx() warns); PXN of a table forbids it';
      findings.push({ kind: 'writable-executable-leaf', ...span, text });
    }
  }
  return findings;
}

function runFindings(run: LeafRun, granule: number, bits: LeafBits): MapFinding[] {
  const { attributes } = run;
  const span = { va: run.va, end: runEnd(run, granule) };
  const findings: MapFinding[] = [];
  const add = (kind: MapFinding['kind'], text: string) => findings.push({ kind, ...span, text });
  if ((attributes & bits.user) !== 0n) add('user-access', 'AP[1] is set: user space may access it');
  if ((attributes & bits.uxn) === 0n) add('user-executable', 'UXN is clear: user space may execute it');
  if (!isCacheableMemory(attributes, bits))
    add('memory-type', `${memoryTypeOf(attributes, bits)} in the linear map`);
  if (!isValid(attributes, bits)) {
    if ((attributes & bits.presentInvalid) === 0n) {
      add('invalid-not-present', 'bit 0 is clear and bit 11 too: kernels before 7.1 make leaves invalid so');
    }
    return findings;
  }
  if ((attributes & bits.accessFlag) === 0n) add('access-flag', 'AF is clear in a valid leaf');
  if (isReadOnly(attributes, bits) && (attributes & bits.write) !== 0n) {
    add('read-only-dbm', 'read-only with DBM set: hardware dirty state management may make it writable');
  }
  return findings;
}

/** One kernel maps everything global, or everything nG (KPTI). */
function mixedGlobal(map: LinearMap, bits: LeafBits): MapFinding[] {
  const valid = map.leaves.filter(({ attributes }) => isValid(attributes, bits));
  // In a valid leaf the bit of PTE_PRESENT_INVALID is nG.
  const nonGlobal = valid.filter(({ attributes }) => (attributes & bits.presentInvalid) !== 0n);
  const bytes = (runs: readonly LeafRun[]) =>
    runs.reduce((sum, run) => sum + run.count * levelSize(map.granule, run.level), 0);
  const fewer = 2 * bytes(nonGlobal) <= bytes(valid) ? nonGlobal : null;
  const odd = fewer ?? valid.filter(({ attributes }) => (attributes & bits.presentInvalid) === 0n);
  const text = fewer ? 'nG, where most leaves are global' : 'global, where most leaves are nG';
  return odd.map((run) => ({ kind: 'mixed-global', va: run.va, end: runEnd(run, map.granule), text }));
}

function strayOutput(map: LinearMap, offset: number): MapFinding[] {
  return map.leaves
    .filter(({ pa, va }) => pa - va !== offset)
    .map((run) => {
      const by = run.pa - run.va - offset;
      const text = `output addresses are ${formatSize(Math.abs(by))} ${by > 0 ? 'above' : 'below'} their place`;
      return { kind: 'output-address', va: run.va, end: runEnd(run, map.granule), text };
    });
}

/** The linear map ends at PAGE_END; modules and vmalloc, which are mapped by other rules, come after it. */
function outsideLinearMap(map: LinearMap): MapFinding[] {
  const place = { va: pageOffsetOf(map.vaBits), end: pageEndOf(map.granule, map.vaBits) };
  return map.leaves
    .flatMap((run) => outsideOf({ va: run.va, end: runEnd(run, map.granule) }, [place]))
    .map((span) => ({ kind: 'outside-linear-map', ...span, text: 'mapped above PAGE_END' }));
}

/** PA - VA of most bytes. */
function commonOffset(map: LinearMap): number {
  const bytes = new Map<number, number>();
  for (const run of map.leaves) {
    const offset = run.pa - run.va;
    bytes.set(offset, (bytes.get(offset) ?? 0) + run.count * levelSize(map.granule, run.level));
  }
  let [common, most] = [0, -1];
  for (const [offset, count] of bytes) if (count > most) [common, most] = [offset, count];
  return common;
}

/** Tables that hold no descriptor at all. Splits and boot make none; memory that went away leaves some. */
function emptyTables(map: LinearMap): MapFinding[] {
  const findings: MapFinding[] = [];
  for (let level = map.rootLevel; level < 3; level++) {
    const size = levelSize(map.granule, level);
    const used = unionOf([
      ...map.leaves
        .filter((run) => run.level === level + 1)
        .map((run) => ({ va: run.va, end: runEnd(run, map.granule) })),
      ...map.tables
        .filter((table) => table.level === level + 1)
        .map(({ va }) => ({ va, end: va + levelSize(map.granule, level + 1) })),
    ]);
    let at = 0;
    for (const table of map.tables) {
      if (table.level !== level) continue;
      const end = table.va + size;
      for (let span = used[at]; span !== undefined && span.end <= table.va; span = used[at]) at++;
      const next: Address = used[at]?.va ?? Number.POSITIVE_INFINITY;
      if (next >= end && servesOnlyLinearMap(map, table)) {
        findings.push({
          kind: 'empty-table',
          va: table.va,
          end,
          text: `a table below level ${level} without entries`,
        });
      }
    }
  }
  return findings;
}

function machineFindings(map: LinearMap, bits: LeafBits, { memory, pagesOnly }: MachineRanges): MapFinding[] {
  const findings: MapFinding[] = [];
  const mapped = unionOf(map.leaves.map((run) => ({ va: run.va, end: runEnd(run, map.granule) })));
  for (const span of mapped.flatMap((part) => outsideOf(part, memory))) {
    findings.push({ kind: 'outside-memory', ...span, text: 'mapped, but no memory of the machine' });
  }
  for (const span of memory.flatMap((bank) => outsideOf(bank, mapped))) {
    findings.push({ kind: 'memory-unmapped', ...span, text: 'memory of the machine, but not mapped' });
  }
  for (const { why, ...place } of pagesOnly) {
    for (const run of map.leaves) {
      if (leafSizeOf(run, bits.contiguous) === 'pte') continue;
      for (const span of overlapOf({ va: run.va, end: runEnd(run, map.granule) }, [place])) {
        findings.push({ kind: 'block-for-pages', ...span, text: `larger leaves than pages: ${why}` });
      }
    }
  }
  return findings;
}
