// What configurations, strategies, workloads and results are called in tables and pictures.
import type { QuantityName } from '../estimate/cost/platform.js';
import { CORES } from '../machine/cores/presets/catalogue.js';
import { formatUnit } from './number.js';

/** Order of presentation; an id that is not here comes after these. */
const STRATEGIES = ['page-basis', 'huge-size', 'contiguous-runs', 'pages-only', 'series-v3'];
const CONFIGURATIONS = ['pages', 'blocks', 'blocks-after', 'on', 'off'];

/** Each with the names of kernels up to 6.17 and from 6.18 on. */
const CONFIGURATION_LABELS: Readonly<Record<string, string>> = {
  pages: 'rodata=full (6.18: on), no BBML2: all pages',
  blocks: 'rodata=full (6.18: on), BBML2: blocks, split on demand',
  on: 'rodata=on (6.18: noalias): blocks, alias not protected',
  off: 'rodata=off: blocks, nothing protected',
};

const WORKLOAD_LABELS: Readonly<Record<string, string>> = {
  'module-load': 'module load',
  'module-unload': 'module unload',
  'bpf-pack-2m': 'BPF pack, 2M',
  'vmalloc-2m-huge': 'huge vmalloc, 2M',
  'vmalloc-32m-huge': 'huge vmalloc, 32M',
  'vmalloc-32m-cont-pmd': '32M groups (hypothetical)',
  'vmalloc-2m-scattered': 'scattered vmalloc, 2M',
  'secretmem-page': 'secretmem page',
};

/** What an estimate of time assumes the cost of. */
const QUANTITY_LABELS: Readonly<Record<QuantityName, string>> = {
  descriptorRead: 'descriptor reads',
  descriptorStore: 'descriptor stores',
  barrier: 'DSB ISHST and ISB',
  flush: 'flushes (first TLBI, DSB ISH, ISB)',
  furtherTlbi: 'further TLBIs of a flush',
  furtherRangeTlbi: 'further range TLBIs of a flush',
  contendedFlush: 'flushes of other CPUs',
  tableAllocation: 'table allocation',
  tableZeroing: 'table zeroing',
  lock: 'the split lock',
  contendedLock: 'waiting for the split lock',
  receivedTlbi: 'TLBIs received',
};

/** Linux errno values that a permission change ends with (include/uapi/asm-generic/errno-base.h). */
const ERRNO: Readonly<Record<number, string>> = { 12: 'ENOMEM', 14: 'EFAULT', 16: 'EBUSY', 22: 'EINVAL' };

export function byStrategy(a: string, b: string): number {
  return rank(STRATEGIES, a) - rank(STRATEGIES, b);
}

export function byConfiguration(a: string, b: string): number {
  return rank(CONFIGURATIONS, a) - rank(CONFIGURATIONS, b);
}

/** `page-basis` as words. */
export function strategyLabel(strategy: string): string {
  return strategy.replaceAll('-', ' ');
}

export function configurationLabel(configuration: string): string {
  return CONFIGURATION_LABELS[configuration] ?? configuration;
}

export function workloadLabel(workload: string): string {
  const pages = /^direct-map-(\d+)$/.exec(workload)?.[1];
  if (pages !== undefined) return `direct map, ${pages} ${pages === '1' ? 'page' : 'pages'}`;
  return WORKLOAD_LABELS[workload] ?? workload.replaceAll('-', ' ');
}

/** A core by its name, without the machines that have it. */
export function coreLabel(core: string): string {
  const title = CORES.find(({ id }) => id === core)?.title ?? core;
  return title.replace(/ \(.*\)$/, '');
}

export function quantityLabel(quantity: string): string {
  return (QUANTITY_LABELS as Readonly<Record<string, string>>)[quantity] ?? quantity;
}

/** `4K/48`: granule and VA bits, as the kernel's configurations are called. */
export function geometryLabel({ granule, vaBits }: { granule: number; vaBits: number }): string {
  return `${formatUnit(granule)}/${vaBits}`;
}

/** A result of the kernel: `0`, or the errno by name: `-EINVAL`. */
export function resultLabel(result: number): string {
  if (result === 0) return '0';
  const name = ERRNO[-result];
  return name === undefined ? String(result) : `-${name}`;
}

function rank(order: readonly string[], id: string): number {
  const at = order.indexOf(id);
  return at < 0 ? order.length : at;
}
