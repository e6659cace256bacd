// What single operations on page tables cost on a kind of machine.
import type { Kind } from '../../machine/cores/fact.js';
import type { Interval } from './interval.js';

/** Nanoseconds, with where they come from. */
export interface Quantity extends Interval {
  kind: Kind;
  source: string;
}

/** docs/cost-model.md says what each is the cost of. */
export const QUANTITIES = [
  'descriptorRead',
  'descriptorStore',
  'barrier',
  'flush',
  'furtherTlbi',
  'furtherRangeTlbi',
  'contendedFlush',
  'tableAllocation',
  'tableZeroing',
  'lock',
  'contendedLock',
  'receivedTlbi',
] as const;
export type QuantityName = (typeof QUANTITIES)[number];

export interface Platform {
  id: string;
  title: string;
  /** Nanoseconds of one operation. */
  costs: Readonly<Record<QuantityName, Quantity>>;
}
