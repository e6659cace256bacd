// The run in one paragraph; every figure is computed from it.
import { type Counters, totalTlbi } from '../../core/counters.js';
import { formatSize } from '../../io/size.js';
import type { Run } from '../../record/run.js';
import { totalBarriers } from '../barrier.js';
import { coreLabel } from '../labels.js';
import { MAIN_CORE } from '../main-core.js';
import { formatCount, formatRatio, formatSignificant } from '../number.js';

const GRANULE = 4096;
const MEMORY_BYTES = 256 * 2 ** 30;
const HUGE_AREA = 'vmalloc-2m-huge';

/** What the run found. A part that the run did not measure is left out. */
export function conclusionSection(run: Run): string {
  const parts = [replays(run), hugeSize(run), tableMemory(run), kernelMisses(run), published(run)].filter(
    (part) => part !== null,
  );
  return parts.length === 0 ? 'This run compared nothing.' : parts.join(' ');
}

/** The pair that the main question is about: a 2M huge vmalloc area on a 4K map of blocks. */
export function hugeAreaPair(run: Run): { pageBasis: Counters; hugeSize: Counters } | null {
  const countersOf = (strategy: string) =>
    run.comparisons.find(
      (record) =>
        record.granule === GRANULE &&
        record.configuration === 'blocks' &&
        record.workload === HUGE_AREA &&
        record.strategy === strategy &&
        record.result === 0,
    )?.counters;
  const pageBasis = countersOf('page-basis');
  const hugeSize = countersOf('huge-size');
  return pageBasis && hugeSize ? { pageBasis, hugeSize } : null;
}

/** Table memory in bytes of one machine size, in pages and in blocks. */
export function tableMemoryPair(run: Run): { pages: number; blocks: number } | null {
  const bytesOf = (configuration: string) =>
    run.tableMemory.find(
      (record) =>
        record.granule === GRANULE &&
        record.memoryBytes === MEMORY_BYTES &&
        record.configuration === configuration,
    )?.tableBytes;
  const pages = bytesOf('pages');
  const blocks = bytesOf('blocks');
  return pages === undefined || blocks === undefined ? null : { pages, blocks };
}

function replays(run: Run): string | null {
  const compared = run.replays.filter(({ equal }) => equal !== null);
  if (compared.length === 0) return null;
  const equal = compared.filter((replay) => replay.equal).length;
  const disagreeing = run.replays.filter(({ agreesWithTrace }) => !agreesWithTrace).length;
  const doubt = disagreeing === 0 ? '' : `; ${formatCount(disagreeing)} not in agreement with the trace`;
  return `${formatCount(equal)} of ${formatCount(compared.length)} replays end with exactly the kernel's map${doubt}.`;
}

function hugeSize(run: Run): string | null {
  const pair = hugeAreaPair(run);
  if (pair === null) return null;
  const { pageBasis, hugeSize } = pair;
  const compare = (name: string, count: (counters: Counters) => number) => {
    const [p, h] = [count(pageBasis), count(hugeSize)];
    return `${formatCount(p)} ${name} against ${formatCount(h)} (${formatRatio(p, h)})`;
  };
  return (
    'For a 2 MiB huge vmalloc area on 4K blocks, page basis against huge size takes ' +
    `${compare('stores', (counters) => counters.descriptorWrites)}, ` +
    `${compare('barriers', totalBarriers)} and ${compare('TLBIs', totalTlbi)}.`
  );
}

function tableMemory(run: Run): string | null {
  const pair = tableMemoryPair(run);
  if (pair === null) return null;
  const { pages, blocks } = pair;
  return (
    `The linear map of ${formatSize(MEMORY_BYTES)} needs ${formatSize(pages)} of page tables in 4K pages ` +
    (blocks === 0
      ? 'and none in blocks.'
      : `and ${formatSize(blocks)} in blocks (${formatRatio(pages, blocks)}).`)
  );
}

/** Kernel TLB misses per 1000 instructions of the captured memcached trace on the main core. */
export function memcachedMisses(run: Run): { pages: number; blocks: number } | null {
  const record = run.tlb.find(
    ({ core, stream }) => core === MAIN_CORE && stream.captured && stream.name === 'memcached',
  );
  const kernel = (id: string) => record?.configurations.find((one) => one.id === id)?.mpki?.kernel;
  const [pages, blocks] = [kernel('pages'), kernel('blocks')];
  return pages === undefined || blocks === undefined ? null : { pages, blocks };
}

function kernelMisses(run: Run): string | null {
  const misses = memcachedMisses(run);
  if (misses === null) return null;
  const { pages, blocks } = misses;
  return (
    `On ${coreLabel(MAIN_CORE)} the ${run.options.quick ? 'beginning of the ' : ''}memcached trace is estimated to have ${formatSignificant(pages)} kernel ` +
    `TLB misses per 1000 instructions on pages and ${formatSignificant(blocks)} on blocks.`
  );
}

function published({ published: checks }: Run): string | null {
  const judged = checks.filter(({ verdict }) => verdict !== 'not comparable');
  if (judged.length === 0) return null;
  const within = judged.filter(({ verdict }) => verdict === 'within').length;
  const others = checks.length - judged.length;
  const rest = others === 0 ? '' : `; ${formatCount(others)} more cannot be judged`;
  return `Of ${formatCount(judged.length)} published figures, ${formatCount(within)} are met within what was allowed${rest}.`;
}
