// Page tables that blocks save on 256 GiB: MemTotal of an AmpereOne with and without the series.
import { Core } from '../../core/core.js';
import { bootLinearMap } from '../../kernel/boot.js';
import type { Machine } from '../../machine/machine.js';
import { describeMachine } from '../../machine/synthetic.js';
import { mapState } from '../../map/map-state.js';
import { judge, type PublishedCheck } from './published-check.js';

const SOURCE = '<20250917190323.3828347-1-yang@os.amperecomputing.com> (v8)';

/** kB of /proc/meminfo. */
const MEM_TOTAL_PAGES = 258_988_984;
const MEM_TOTAL_BLOCKS = 259_505_132;

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** sizeof(struct page) for each page of 4 KiB: mapped memory that MemTotal does not count. */
const STRUCT_PAGE_SHARE = 64 / 4096;

/** Ampere's servers have 2 GiB below 4 GiB, and the rest far above it. */
const LOW_BANK = { start: 2 * GIB, size: 2 * GIB, noMap: false };
const HIGH_BANK_START = 2 ** 43;

/** MemTotal, for the memory as sold and for the memory that MemTotal itself says is there. */
export function checkPageTableMemory(): PublishedCheck[] {
  const published = MEM_TOTAL_BLOCKS - MEM_TOTAL_PAGES;
  const common = { published, unit: 'kB', withinPercent: 2, source: SOURCE };
  return [
    judge({
      ...common,
      id: 'page-table-memory-256g',
      what: 'page-table memory saved by blocks, 256 GiB as sold',
      estimated: savedKiB(256 * GIB),
      note: 'MemTotal leaves out what firmware keeps, and the tables for it: the estimate is the larger one.',
    }),
    judge({
      ...common,
      id: 'page-table-memory-memtotal',
      what: 'page-table memory saved by blocks, memory that MemTotal tells of',
      estimated: savedKiB(memoryBehindMemTotal()),
      note: 'Mapped memory taken as MemTotal with blocks, plus 64 bytes of struct page for each page.',
    }),
  ];
}

/** The memory that is in the linear map, in whole blocks of 2 MiB. */
function memoryBehindMemTotal(): number {
  const mapped = (MEM_TOTAL_BLOCKS * KIB) / (1 - STRUCT_PAGE_SHARE);
  return Math.round(mapped / (2 * MIB)) * 2 * MIB;
}

function savedKiB(memory: number): number {
  return (tableBytes(memory, false) - tableBytes(memory, true)) / KIB;
}

/** Page tables of a booted machine with rodata=full. */
function tableBytes(memory: number, bbml2: boolean): number {
  const core = new Core();
  bootLinearMap(core, ampereServer(memory, bbml2), 'final');
  return mapState(core).tableBytes;
}

function ampereServer(memory: number, bbml2: boolean): Machine {
  const machine = describeMachine({
    granule: 4096,
    vaBits: 48,
    base: LOW_BANK.start,
    memory,
    bbml2,
    image: true,
  });
  const highBank = { start: HIGH_BANK_START, size: memory - LOW_BANK.size, noMap: false };
  return { ...machine, memory: [LOW_BANK, highBank] };
}
