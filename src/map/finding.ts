// Something in a map that a reader should look at.
import type { Span } from './span.js';

/** Most urgent first. What each means is in docs/inspect.md. */
export const FINDING_KINDS = [
  'writable-executable',
  'writable-executable-leaf',
  'user-access',
  'user-executable',
  'output-address',
  'outside-linear-map',
  'outside-memory',
  'memory-unmapped',
  'contiguous-misaligned',
  'contiguous-scattered',
  'contiguous-mixed',
  'contiguous-incomplete',
  'contiguous-unsupported',
  'memory-type',
  'access-flag',
  'read-only-dbm',
  'mixed-global',
  'invalid-not-present',
  'block-for-pages',
  'empty-table',
] as const;

type FindingKind = (typeof FINDING_KINDS)[number];

export interface MapFinding extends Span {
  kind: FindingKind;
  text: string;
}

/** Findings by kind, most urgent first, then by VA; neighbours that say the same are one. */
export function sortFindings(findings: readonly MapFinding[]): MapFinding[] {
  const order = new Map(FINDING_KINDS.map((kind, at) => [kind, at]));
  const rank = ({ kind }: MapFinding) => order.get(kind) ?? FINDING_KINDS.length;
  const joined: MapFinding[] = [];
  for (const finding of findings.toSorted((a, b) => rank(a) - rank(b) || a.va - b.va)) {
    const last = joined.at(-1);
    const continues = last?.kind === finding.kind && last.text === finding.text && last.end === finding.va;
    if (continues) last.end = finding.end;
    else joined.push({ ...finding });
  }
  return joined;
}

/** How many findings of each kind there are, and how many bytes they are about. */
export function countFindings(
  findings: readonly MapFinding[],
): { kind: FindingKind; count: number; bytes: number }[] {
  return FINDING_KINDS.flatMap((kind) => {
    const these = findings.filter((finding) => finding.kind === kind);
    if (these.length === 0) return [];
    return [{ kind, count: these.length, bytes: these.reduce((sum, { va, end }) => sum + end - va, 0) }];
  });
}
