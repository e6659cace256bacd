// From counters to time: what the counted events of a permission change take.
import { type Counters, totalTables, totalTlbi } from '../../core/counters.js';
import { type Interval, sum, times, width } from './interval.js';
import type { Platform, QuantityName } from './platform.js';

/** Assumptions are named until they explain this much of an interval's width. */
const DOMINATING_SHARE = 0.8;

interface TimeOptions {
  /** CPUs that do the same at the same time. Default 1. */
  issuers?: number;
  /** The core needs every TLBI and DSB ISH twice (REPEAT_TLBI). Default false. */
  repeatsTlbi?: boolean;
  /**
   * New tables are zeroed. A split fills its table and does not ask for zeroes, but init_on_alloc zeroes every page.
   * Default: unknown, so that the interval holds both.
   */
  zeroesTables?: boolean;
}

/** One sort of event: how many, and the nanoseconds of all of them. */
interface TimeTerm extends Interval {
  quantity: QuantityName;
  count: number;
}

/** Nanoseconds. */
interface TimeEstimate extends Interval {
  /** Terms that are not zero, the largest first. */
  terms: TimeTerm[];
  /** The quantities that make most of the interval's width, the widest first. */
  dominating: QuantityName[];
  /** What each other CPU loses to the TLBIs it receives. Not part of the estimate. */
  perOtherCpu: Interval;
}

/**
 * Nanoseconds that the counted events take on a platform. What is not counted is not in it: calls, allocation that
 * has to reclaim, TLB misses afterwards.
 * @throws RangeError where there is no issuer.
 */
export function estimateTime(
  counters: Counters,
  platform: Platform,
  options: TimeOptions = {},
): TimeEstimate {
  const terms = counted(counters, options)
    .filter(({ count }) => count > 0)
    .map((event) => term(event, platform, options))
    .sort((a, b) => b.typical - a.typical);
  return {
    ...sum(terms),
    terms,
    dominating: dominatingOf(terms),
    perOtherCpu: times(platform.costs.receivedTlbi, totalTlbi(counters)),
  };
}

interface CountedEvent {
  quantity: QuantityName;
  count: number;
}

/**
 * Events by what they cost. A flush is DSB ISHST, TLBI, DSB ISH, ISB, and its first TLBI is in its price; the other
 * DSB ISHST stand after stores, or before a split's table is linked.
 */
function counted(counters: Counters, { issuers = 1, repeatsTlbi = false }: TimeOptions): CountedEvent[] {
  if (!Number.isInteger(issuers) || issuers < 1) throw new RangeError(`${issuers} issuers of TLBIs`);
  const { dsbIsh, dsbIshst, tlbi, boundaries } = counters;
  const flushes = repeatsTlbi ? dsbIsh / 2 : dsbIsh;
  const further = Math.max(0, totalTlbi(counters) - dsbIsh);
  const furtherRanges = Math.min(tlbi.range, further);
  const tables = totalTables(counters);
  return [
    { quantity: 'descriptorRead', count: counters.descriptorReads },
    { quantity: 'descriptorStore', count: counters.descriptorWrites },
    { quantity: 'barrier', count: Math.max(0, dsbIshst - flushes) },
    { quantity: 'flush', count: dsbIsh },
    { quantity: 'furtherTlbi', count: further - furtherRanges },
    { quantity: 'furtherRangeTlbi', count: furtherRanges },
    { quantity: 'contendedFlush', count: dsbIsh * (issuers - 1) },
    { quantity: 'tableAllocation', count: tables },
    { quantity: 'tableZeroing', count: tables },
    { quantity: 'lock', count: boundaries },
    { quantity: 'contendedLock', count: boundaries * (issuers - 1) },
  ];
}

function term({ quantity, count }: CountedEvent, platform: Platform, options: TimeOptions): TimeTerm {
  const all = times(platform.costs[quantity], count);
  return { quantity, count, ...all, ...exceptions(quantity, all, options) };
}

function exceptions(quantity: QuantityName, all: Interval, options: TimeOptions): Partial<Interval> {
  switch (quantity) {
    case 'tableZeroing':
      if (options.zeroesTables === false) return { low: 0, typical: 0, high: 0 };
      return options.zeroesTables === undefined ? { low: 0 } : {};
    case 'lock':
    case 'contendedLock':
      // split_kernel_leaf_mapping() asks for both boundaries of a range under one lock, and for one of a page.
      return { low: all.low / 2 };
    default:
      return {};
  }
}

function dominatingOf(terms: readonly TimeTerm[]): QuantityName[] {
  const total = width(sum(terms));
  const names: QuantityName[] = [];
  let explained = 0;
  for (const wide of terms.toSorted((a, b) => width(b) - width(a))) {
    if (explained >= DOMINATING_SHARE * total) break;
    names.push(wide.quantity);
    explained += width(wide);
  }
  return names;
}
