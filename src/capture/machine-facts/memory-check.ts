// What is mapped against what is memory. A text that lost lines, or is of another machine, shows here.
import { formatAddress } from '../../io/address.js';
import { formatSize } from '../../io/size.js';
import type { MemoryBank } from '../../machine/memory.js';
import { type LinearMap, runEnd } from '../../map/linear-map.js';

/** Physical addresses, [start, end). */
interface Range {
  start: number;
  end: number;
}

/**
 * Where a map and the memory of its machine disagree, a sentence each. Entries that are there and invalid (KFENCE,
 * secretmem, a crash kernel) are mapped; banks that are NOMAP are not.
 */
export function memoryDisagreements(map: LinearMap, memory: readonly MemoryBank[]): string[] {
  const banks = memory.filter(({ noMap }) => !noMap);
  const ram = joined(banks.map(({ start, size }) => ({ start, end: start + size })));
  const mapped = joined(
    map.leaves.map((run) => ({ start: run.pa, end: run.pa + runEnd(run, map.granule) - run.va })),
  );
  return [
    ...sentence('mapped but no memory', without(mapped, ram)),
    ...sentence('memory but not mapped', without(ram, mapped)),
  ];
}

function sentence(what: string, ranges: readonly Range[]): string[] {
  const [first] = ranges;
  if (first === undefined) return [];
  const bytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  return [`${formatSize(bytes)} are ${what}, the first at PA ${formatAddress(first.start)}`];
}

/** Ascending and apart. */
function joined(ranges: readonly Range[]): Range[] {
  const whole: Range[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = whole.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else whole.push({ start, end });
  }
  return whole;
}

/** What of `ranges` is in none of `others`; both ascending and apart. */
function without(ranges: readonly Range[], others: readonly Range[]): Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const { start, end } of ranges) {
    let at = start;
    while (next < others.length && (others[next] as Range).end <= at) next++;
    for (let index = next; at < end; index++) {
      const other = others[index];
      const until = Math.min(other?.start ?? end, end);
      if (until > at) left.push({ start: at, end: until });
      if (other === undefined || other.start >= end) break;
      at = Math.max(at, other.end);
    }
  }
  return left;
}
