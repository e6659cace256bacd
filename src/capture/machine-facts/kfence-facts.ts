// KFENCE: built in or not, early or late, and where its pool is.
import { kernelParameter } from '../../machine/command-line.js';
import { KFENCE_OBJECTS_DEFAULT, type Kfence, kfencePoolSize } from '../../machine/kfence.js';
import { isMemory, type MemoryBank } from '../../machine/memory.js';
import { iomemRegions } from '../texts/iomem.js';
import { ask } from './ask.js';
import { type Evidence, type Given, given, type Known, known, nameOf } from './evidence.js';
import type { MappedMemory } from './mapped-memory.js';

interface KfenceFacts {
  kfence: Known<Kfence>;
  pool: Known<number> | null;
}

const OFF: Kfence = { early: false, late: false, objects: 0, pool: null };

/** @throws InputError naming the option to give where an early pool's place cannot be had. */
export function deriveKfence(
  evidence: Evidence,
  wish: Given,
  granule: number,
  banks: readonly MemoryBank[],
  mapped: MappedMemory | null,
  physOffset: number,
): KfenceFacts {
  const objects =
    wish.kfenceObjects ??
    numberOf(evidence.config?.options.get('KFENCE_NUM_OBJECTS')) ??
    KFENCE_OBJECTS_DEFAULT;
  const mode = findMode(evidence, wish);
  if (mode.value === 'off') return { kfence: known(OFF, mode.fact.kind, mode.fact.from), pool: null };
  if (mode.value === 'late') {
    return {
      kfence: known({ early: false, late: true, objects, pool: null }, mode.fact.kind, mode.fact.from),
      pool: null,
    };
  }
  const size = kfencePoolSize(objects, granule);
  const pool = findPool(evidence, wish, size, granule, mapped, physOffset);
  if (!pool || !isMemory(banks, pool.value, pool.value + size)) {
    throw ask(
      evidence,
      '--kfence-pool PA (or --kfence late, off)',
      `where the pool of an early KFENCE is (${mode.fact.from})`,
    );
  }
  const kfence = { early: true, late: false, objects, pool: { start: pool.value, size } };
  return { kfence: known(kfence, mode.fact.kind, mode.fact.from), pool };
}

/** kfence_sample_interval: not 0 before the page allocator is up means an early pool, 0 that it may come later. */
function findMode({ config, commandLine }: Evidence, wish: Given): Known<'early' | 'late' | 'off'> {
  if (wish.kfence) return given(wish.kfence, '--kfence');
  if (wish.kfencePool !== undefined) return given('early', '--kfence-pool');
  if (config && config.options.get('KFENCE') !== 'y') {
    return known('off', 'read', `${nameOf(config.file)}: CONFIG_KFENCE`);
  }
  const asked = numberOf(kernelParameter(commandLine?.text ?? '', 'kfence.sample_interval') ?? undefined);
  if (commandLine && asked !== null && (config || asked !== 0)) {
    const mode = asked === 0 ? 'late' : 'early';
    return known(mode, 'read', `${nameOf(commandLine.file)}: kfence.sample_interval`);
  }
  if (!config) return known('off', 'assumed', 'no configuration tells whether KFENCE is built in');
  const interval = numberOf(config.options.get('KFENCE_SAMPLE_INTERVAL')) ?? 0;
  return known(
    interval === 0 ? 'late' : 'early',
    'read',
    `${nameOf(config.file)}: CONFIG_KFENCE_SAMPLE_INTERVAL`,
  );
}

function findPool(
  evidence: Evidence,
  wish: Given,
  size: number,
  granule: number,
  mapped: MappedMemory | null,
  physOffset: number,
): Known<number> | null {
  if (wish.kfencePool !== undefined) return given(wish.kfencePool, '--kfence-pool');
  const seen = mapped && guardPattern(mapped, size, granule);
  if (mapped && seen != null) {
    return known(seen - mapped.pageOffset + physOffset, 'derived', `${nameOf(mapped.file)}: its guard pages`);
  }
  return poolReserved(evidence, size);
}

/**
 * kfence_init_pool() makes the first two pages invalid, then every second one. Pages of objects come and go.
 * @returns the VA at which a pool of this size starts; null where none or more than one does
 */
function guardPattern({ stretches }: MappedMemory, size: number, granule: number): number | null {
  const invalid = new Set<number>();
  for (const { start, end, valid, large } of stretches) {
    if (valid || large || end - start > size) continue;
    for (let va = start; va < end; va += granule) invalid.add(va);
  }
  const starts = [...invalid].filter((va) => {
    let page = va + granule;
    while (page < va + size && invalid.has(page)) page += 2 * granule;
    return page >= va + size;
  });
  return starts.length === 1 ? (starts[0] ?? null) : null;
}

/** memblock gave the pool out in one piece; it is recognised where one reservation has its very size. */
function poolReserved({ memblockReserved, iomem }: Evidence, size: number): Known<number> | null {
  const same = (range: { start: number; end: number }) => range.end - range.start === size;
  const reserved = memblockReserved?.regions.filter(same) ?? [];
  if (memblockReserved && reserved.length === 1 && reserved[0]) {
    return known(
      reserved[0].start,
      'derived',
      `${nameOf(memblockReserved.file)}: a reservation of the pool's size`,
    );
  }
  const listed = iomem
    ? [...iomemRegions(iomem.regions)].filter((region) => region.name === 'reserved' && same(region))
    : [];
  if (iomem && listed.length === 1 && listed[0]) {
    return known(listed[0].start, 'derived', `${nameOf(iomem.file)}: a reservation of the pool's size`);
  }
  return null;
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^(?:0x[0-9a-f]{1,8}|\d{1,9})$/i.test(text) ? Number(text) : null;
}
