// A value with where it comes from.

/**
 * How far a value can be trusted: `documented` by the vendor, `measured` by a third party or derived from its
 * figures, or `assumed`, because nothing was found.
 */
export const KINDS = ['documented', 'measured', 'assumed'] as const;
export type Kind = (typeof KINDS)[number];

/** A value and where it comes from. */
export interface Fact<T> {
  value: T;
  kind: Kind;
  source: string;
}

export function documented<T>(value: T, source: string): Fact<T> {
  return { value, kind: 'documented', source };
}

export function measured<T>(value: T, source: string): Fact<T> {
  return { value, kind: 'measured', source };
}

export function assumed<T>(value: T, source: string): Fact<T> {
  return { value, kind: 'assumed', source };
}
