// What single operations on page tables cost on a kind of machine.
import type { Kind } from '../../machine/cores/fact.js';
import type { Interval } from './interval.js';

/** Nanoseconds, with where they come from. */
export interface Quantity extends Interval {
  kind: Kind;
  source: string;
}

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

/** What each quantity is the cost of, once. */
export const QUANTITY_MEANING: Readonly<Record<QuantityName, string>> = {
  descriptorRead: 'reading a descriptor',
  descriptorStore: 'storing a descriptor',
  barrier: 'DSB ISHST and ISB',
  flush: 'the first TLBI of a flush, its DSB ISH and ISB, alone on the machine',
  furtherTlbi: 'a further TLBI before the same DSB ISH',
  furtherRangeTlbi: 'a further TLBI of a range before the same DSB ISH',
  contendedFlush: 'waiting, in a flush, for each other CPU that flushes too',
  tableAllocation: 'allocating a table',
  tableZeroing: 'zeroing a table',
  lock: 'taking and releasing an uncontended mutex',
  contendedLock: 'waiting for the mutex, for each other CPU that wants it too',
  receivedTlbi: 'a TLBI from elsewhere, on each CPU that receives it',
};

export interface Platform {
  id: string;
  title: string;
  /** Nanoseconds of one operation. */
  costs: Readonly<Record<QuantityName, Quantity>>;
}
