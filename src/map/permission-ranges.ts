// Which addresses are read-only, invalid or executable, whatever leaves they are made of.
import type { Address } from '../io/address.js';
import { hasExecutableBits, isReadOnly, isValid, type LeafBits } from './descriptor-fields.js';
import { type LeafRun, type LinearMap, levelSize, runEnd } from './linear-map.js';
import { outsideOf, type Span, unionOf } from './span.js';

export interface PermissionRange extends Span {
  /** Of the first byte. */
  pa: number;
}

export interface PermissionRanges {
  /** AP[2] set, valid or not. */
  readOnly: PermissionRange[];
  invalid: PermissionRange[];
  /** Valid, and neither the leaf nor a table above it has PXN. */
  executable: PermissionRange[];
}

/** Ascending; neighbours are one where the output address goes on. */
export function permissionRanges(map: LinearMap, bits: LeafBits): PermissionRanges {
  const { leaves, granule } = map;
  const ranges = (test: (run: LeafRun) => boolean) =>
    join(leaves.filter(test).map((run) => ({ va: run.va, end: runEnd(run, granule), pa: run.pa })));
  return {
    readOnly: ranges(({ attributes }) => isReadOnly(attributes, bits)),
    invalid: ranges(({ attributes }) => !isValid(attributes, bits)),
    executable: join(
      executableParts(map, bits).map(({ run, va, end }) => ({ va, end, pa: run.pa + va - run.va })),
    ),
  };
}

/** Runs, or parts of them, that the kernel can execute: its effective PXN is that of the leaf or of any table above. */
export function executableParts(map: LinearMap, bits: LeafBits): (Span & { run: LeafRun })[] {
  const runs = map.leaves.filter(({ attributes }) => hasExecutableBits(attributes, bits));
  if (runs.length === 0) return [];
  const forbidden = tablePxnSpans(map, bits);
  return runs.flatMap((run) =>
    outsideOf({ va: run.va, end: runEnd(run, map.granule) }, forbidden).map((span) => ({ ...span, run })),
  );
}

function tablePxnSpans({ tables, granule }: LinearMap, { tablePxn }: LeafBits): Span[] {
  const marked = tables.filter(({ attributes }) => (attributes & tablePxn) !== 0n);
  return unionOf(marked.map(({ va, level }) => ({ va, end: va + levelSize(granule, level) })));
}

/** The longest first, those of one length by VA. */
export function longestFirst<T extends Span>(ranges: readonly T[]): T[] {
  return ranges.toSorted((a, b) => b.end - b.va - (a.end - a.va) || a.va - b.va);
}

function join(parts: readonly PermissionRange[]): PermissionRange[] {
  const joined: PermissionRange[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last && last.end === part.va && offset(last) === offset(part)) last.end = part.end;
    else joined.push({ ...part });
  }
  return joined;
}

function offset({ pa, va }: { pa: number; va: Address }): number {
  return pa - va;
}
