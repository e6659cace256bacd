// Ranges of physical addresses as /proc and debugfs print them, ends inclusive.

export interface PhysicalRange {
  start: number;
  /** After the last byte. */
  end: number;
}

/** arm64 has no physical address above this. */
const LIMIT = 2 ** 52;

/**
 * The range from two hex numbers without `0x`, its end inclusive; null where it ends before it starts, or where an
 * address has more than 52 bits.
 */
export function parsePhysicalRange(start: string, last: string): PhysicalRange | null {
  // Numbers of more than 53 bits lose their last digits, but not that they are too large.
  const from = Number.parseInt(start, 16);
  const end = Number.parseInt(last, 16) + 1;
  return from < end && end <= LIMIT ? { start: from, end } : null;
}
