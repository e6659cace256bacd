// Published times of map_mem(): Ryan Roberts, "Speed up boot with faster linear map creation".

import type { Platform } from '../cost/platform.js';
import { APPLE_M2, MESH_SERVER } from '../cost/platforms.js';
import type { MapMemAlgorithm } from './map-mem.js';

export interface MapMemMachine {
  name: string;
  memoryGiB: number;
  platform: Platform;
}

interface MapMemRow {
  step: string;
  algorithm: MapMemAlgorithm;
  /** Milliseconds, one for each machine. */
  milliseconds: readonly number[];
}

export interface MapMemTable {
  id: string;
  source: string;
  note: string;
  rows: readonly MapMemRow[];
}

export const MAP_MEM_MACHINES: readonly MapMemMachine[] = [
  { name: 'Apple M2 VM, 16 GiB', memoryGiB: 16, platform: APPLE_M2 },
  { name: 'Ampere Altra VM, 64 GiB', memoryGiB: 64, platform: MESH_SERVER },
  { name: 'Ampere Altra VM, 256 GiB', memoryGiB: 256, platform: MESH_SERVER },
  { name: 'Ampere Altra, 512 GiB', memoryGiB: 512, platform: MESH_SERVER },
];

/** Until 6.9: a table is mapped once to be zeroed, and then for each of its 32 contiguous groups. */
const BASE: MapMemAlgorithm = { mappingsPerTable: 33, barrierPerStore: true };
const NO_CONT_REMAP: MapMemAlgorithm = { mappingsPerTable: 2, barrierPerStore: true };

/** The order in which the patches were first posted: barriers are paid to the end. */
const FIRST_POSTING: MapMemTable = {
  id: 'v1',
  source: '<20240326101448.3453626-1-ryan.roberts@arm.com> (v1)',
  note: 'No cost was derived from this table; it is of the same machines as the one that they are from.',
  rows: [
    { step: 'base', algorithm: BASE, milliseconds: [151, 2191, 8990, 17443] },
    { step: 'no-cont-remap', algorithm: NO_CONT_REMAP, milliseconds: [77, 429, 1753, 3796] },
    {
      step: 'no-alloc-remap',
      algorithm: { mappingsPerTable: 1, barrierPerStore: true },
      milliseconds: [77, 375, 1532, 3366],
    },
    {
      step: 'lazy-unmap',
      algorithm: { mappingsPerTable: 0, barrierPerStore: true },
      milliseconds: [63, 330, 1312, 2929],
    },
  ],
};

const SECOND_POSTING: MapMemTable = {
  id: 'v2',
  source: '<20240404143308.2224141-1-ryan.roberts@arm.com> (v2)',
  note: 'The costs were derived from differences in this table: agreement shows that one set of them fits all rows.',
  rows: [
    { step: 'base', algorithm: BASE, milliseconds: [153, 2227, 8798, 17442] },
    { step: 'no-cont-remap', algorithm: NO_CONT_REMAP, milliseconds: [77, 431, 1727, 3796] },
    {
      step: 'batch-barriers',
      algorithm: { mappingsPerTable: 2, barrierPerStore: false },
      milliseconds: [13, 162, 655, 1656],
    },
    {
      step: 'no-alloc-remap',
      algorithm: { mappingsPerTable: 1, barrierPerStore: false },
      milliseconds: [11, 109, 449, 1257],
    },
    {
      step: 'lazy-unmap',
      algorithm: { mappingsPerTable: 0, barrierPerStore: false },
      milliseconds: [6, 61, 257, 838],
    },
  ],
};

export const MAP_MEM_TABLES: readonly MapMemTable[] = [SECOND_POSTING, FIRST_POSTING];
