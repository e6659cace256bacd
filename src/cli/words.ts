// Counts in words, as both commands say them.
import type { TableCounts } from '../core/core.js';
import { formatSize } from '../io/size.js';
import { formatCount } from '../report/number.js';

/** Tables by level: `4 (16 KiB): 1 PUD, 1 PMD, 2 PTE`. */
export function tablesInWords({ p4d, pud, pmd, pte }: TableCounts, granule: number): string {
  const total = p4d + pud + pmd + pte;
  return listed(total, `${formatCount(total)} (${formatSize(total * granule)})`, [
    [p4d, 'P4D'],
    [pud, 'PUD'],
    [pmd, 'PMD'],
    [pte, 'PTE'],
  ]);
}

/** A total and what it consists of; parts that are zero are left out, and all of them where the total is. */
export function listed(total: number, head: string, parts: readonly (readonly [number, string])[]): string {
  if (total === 0) return 'none';
  const present = parts.filter(([count]) => count > 0);
  return `${head}: ${present.map(([count, name]) => `${formatCount(count)} ${name}`).join(', ')}`;
}

/** `1 descriptor`, `2 descriptors`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
