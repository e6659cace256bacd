// Costs of single operations, published or derived from published totals.
//
// The map_mem() table of 2024 has a row for each cost that was taken out of creating a linear map of pages: the
// difference of two rows, divided by how often the cost was paid, is the cost. Ryan Roberts, "Speed up boot with faster
// linear map creation" v2, <20240404143308.2224141-1-ryan.roberts@arm.com>; see docs/cost-model.md.
import type { Kind } from '../../machine/cores/fact.js';
import type { Platform, Quantity } from './platform.js';

const MAP_MEM = 'difference of two rows of the map_mem() table of 2024';
const FILL = 'last row of the map_mem() table of 2024, less zeroing, over 512';

const FURTHER_TLBI = assumed(10, 25, 60, 'around 23 ns, measured in a batch on one 8-core Phytium FTC862');
const FURTHER_RANGE_TLBI = assumed(10, 25, 290, 'as a single one; up to what FTC862 takes with stage 2');
const CONTENDED_FLUSH = assumed(
  200,
  1000,
  6300,
  'its end: 32 CPUs of an Ampere in an mprotect() loop, <20200223192520.20808-4-aarcange@redhat.com>',
);
const TABLE_ALLOCATION = assumed(50, 150, 1000, 'from the per-CPU list of pages, or past it');
const LOCK = assumed(15, 25, 40, 'two atomic operations on a line in the own cache');
const CONTENDED_LOCK = assumed(
  60,
  100,
  10_000,
  'one or two hand-overs of a cache line; the end: a waiter that slept',
);
const RECEIVED_TLBI = assumed(10, 50, 200, 'not zero: ThunderX2 lost a quarter beside an mprotect() loop');

const COMMON = {
  furtherTlbi: FURTHER_TLBI,
  furtherRangeTlbi: FURTHER_RANGE_TLBI,
  contendedFlush: CONTENDED_FLUSH,
  tableAllocation: TABLE_ALLOCATION,
  lock: LOCK,
  contendedLock: CONTENDED_LOCK,
  receivedTlbi: RECEIVED_TLBI,
};

export const MESH_SERVER: Platform = {
  id: 'mesh-server',
  title: 'server with a mesh, as Ampere Altra',
  costs: {
    ...COMMON,
    descriptorRead: assumed(
      1.3,
      4.5,
      35,
      'from the first cache, the second (13.5 cycles), the system cache (35 ns)',
    ),
    descriptorStore: measured(
      2.7,
      3.1,
      6.2,
      `${FILL}: 1.86 µs a table in virtual machines, 3.2 µs on bare metal`,
    ),
    barrier: measured(15.9, 16, 16.1, `${MAP_MEM}, over all PTEs`),
    flush: measured(
      1460,
      1500,
      1770,
      `${MAP_MEM}, over all fixmap slots cleared; holds the store that clears it`,
    ),
    tableZeroing: assumed(60, 300, 500, 'DC ZVA, from hot to cold lines; not published apart'),
  },
};

export const APPLE_M2: Platform = {
  id: 'apple-m2',
  title: 'small machine, as Apple M2 (virtual machine)',
  costs: {
    ...COMMON,
    descriptorRead: assumed(0.9, 5, 30, 'from the first cache, the second, the system cache'),
    descriptorStore: measured(1.1, 1.2, 1.4, `${FILL}: 0.73 µs a table`),
    barrier: measured(15, 15.3, 15.5, `${MAP_MEM}, over all PTEs`),
    flush: measured(
      240,
      300,
      610,
      `${MAP_MEM}, over all fixmap slots cleared; holds the store that clears it`,
    ),
    tableZeroing: assumed(60, 100, 150, 'DC ZVA on hot lines; not published apart'),
  },
};

export const ANY_PLATFORM: Platform = {
  id: 'any',
  title: 'any arm64 machine',
  costs: {
    ...COMMON,
    descriptorRead: assumed(0.9, 4.5, 35, 'from the first cache, the second, the system cache'),
    descriptorStore: assumed(1.1, 3.1, 6.2, 'from the Apple M2 to Ampere Altra'),
    barrier: assumed(5, 16, 30, 'around what the Apple M2 and Ampere Altra agree on'),
    flush: assumed(300, 1500, 2500, 'from the Apple M2 to beyond Ampere Altra'),
    furtherTlbi: assumed(10, 25, 290, 'the end: FTC862 where the host has stage 2 active'),
    tableZeroing: assumed(60, 300, 500, 'DC ZVA, from hot to cold lines; not published apart'),
  },
};

export const PLATFORMS: readonly Platform[] = [MESH_SERVER, APPLE_M2, ANY_PLATFORM];

function measured(low: number, typical: number, high: number, source: string): Quantity {
  return quantity('measured', low, typical, high, source);
}

function assumed(low: number, typical: number, high: number, source: string): Quantity {
  return quantity('assumed', low, typical, high, source);
}

function quantity(kind: Kind, low: number, typical: number, high: number, source: string): Quantity {
  return { low, typical, high, kind, source };
}
