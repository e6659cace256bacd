import { formatAddress } from '../io/address.js';
import type { LeafRun } from './linear-map.js';

/** Bits of a leaf descriptor, as the core defines them. */
export interface Bits {
  valid: bigint;
  /** Set while `valid` is clear: the leaf is present but the hardware faults (PTE_PRESENT_INVALID; nG while valid). */
  presentInvalid: bigint;
  /** AP[2]. */
  readOnly: bigint;
  /** DBM, which Linux keeps as PTE_WRITE. */
  write: bigint;
  contiguous: bigint;
  /** Bits 1:0. All of them are set in a page, only `valid` in a block. */
  typeMask: bigint;
}

/** What a permission change, with the splits it needs, made of a leaf. */
export interface Verdict {
  kind: 'same' | 'finer leaves' | 'read-only' | 'invalid' | 'unexplained';
  text: string;
}

/**
 * Tells how a captured leaf came from the built leaf around it.
 * @param built a run that holds all of the captured leaf; undefined where the built map has none
 * @param captured a run that holds the captured leaf
 */
export function classifyLeaf(built: LeafRun | undefined, captured: LeafRun, bits: Bits): Verdict {
  const now = leafName(captured, bits);
  if (built === undefined) return unexplained(`nothing in the built map, ${now} here`);
  const was = leafName(built, bits);
  if (captured.pa - captured.va !== built.pa - built.va) {
    const pa = formatAddress(captured.va + built.pa - built.va);
    return unexplained(`pa ${pa} in the built map, ${formatAddress(captured.pa)} here`);
  }
  if (fineness(captured, bits) < fineness(built, bits) || !hasItsType(captured, bits)) {
    return unexplained(`${was} in the built map, ${now} here`);
  }
  const changes = permissionChanges(built.attributes, captured.attributes, bits);
  if (changes === null) {
    return unexplained(`leaf ${hex(built.attributes)} in the built map, ${hex(captured.attributes)} here`);
  }
  const split = was === now ? was : `${was} to ${now}`;
  const [kind] = changes;
  if (kind !== undefined) return { kind, text: `${split}, ${changes.toReversed().join(' and ')}` };
  return was === now ? { kind: 'same', text: '' } : { kind: 'finer leaves', text: split };
}

/** `PMD block`, `contiguous pages`. */
export function leafName({ level, attributes }: LeafRun, bits: Bits): string {
  const name = level === 3 ? 'pages' : `${LEVEL_NAMES[level] ?? `level ${level}`} blocks`;
  return (attributes & bits.contiguous) === 0n ? name : `contiguous ${name}`;
}

const LEVEL_NAMES: Readonly<Record<number, string>> = { 1: 'PUD', 2: 'PMD' };

/** Splits go up this scale only: a contiguous group is the next size above single leaves of its level. */
function fineness({ level, attributes }: LeafRun, bits: Bits): number {
  return 2 * level + ((attributes & bits.contiguous) === 0n ? 1 : 0);
}

function hasItsType({ level, attributes }: LeafRun, bits: Bits): boolean {
  const type = level === 3 ? bits.typeMask : bits.valid;
  const isValid = (attributes & bits.valid) !== 0n;
  return (attributes & bits.typeMask) === (isValid ? type : type & ~bits.valid);
}

/** The changes that lead from one descriptor to the other, strongest first; null where others are needed. */
function permissionChanges(from: bigint, to: bigint, bits: Bits): ('invalid' | 'read-only')[] | null {
  const changes: ('invalid' | 'read-only')[] = [];
  let ignored = bits.contiguous | bits.typeMask;
  if ((from & bits.valid) !== 0n && (to & bits.valid) === 0n) {
    if ((to & bits.presentInvalid) === 0n) return null;
    changes.push('invalid');
    ignored |= bits.presentInvalid;
  } else if ((from & bits.valid) !== (to & bits.valid)) {
    return null;
  }
  const permission = bits.readOnly | bits.write;
  if ((from & permission) === bits.write && (to & permission) === bits.readOnly) {
    changes.push('read-only');
    ignored |= permission;
  }
  return ((from ^ to) & ~ignored) === 0n ? changes : null;
}

function unexplained(text: string): Verdict {
  return { kind: 'unexplained', text };
}

function hex(bits: bigint): string {
  return `0x${bits.toString(16)}`;
}
