// Memory banks, and the physical address at which the linear map starts.
import { formatAddress } from '../../io/address.js';
import type { MemoryBank } from '../../machine/memory.js';
import { type Granule, physOffsetOf } from '../../machine/va-layout.js';
import { type Iomem, iomemRegions, isSystemRam } from '../texts/iomem.js';
import type { Memblock } from '../texts/memblock.js';
import { ask } from './ask.js';
import { type Evidence, type Given, given, type Known, known, nameOf } from './evidence.js';
import { type MappedMemory, mappedRanges } from './mapped-memory.js';

interface Memory {
  banks: Known<MemoryBank[]>;
  physOffset: Known<number>;
  warnings: string[];
}

/** @throws InputError naming the option to give where the files do not tell. */
export function deriveMemory(
  evidence: Evidence,
  wish: Given,
  granule: Granule,
  mapped: MappedMemory | null,
): Memory {
  const warnings: string[] = [];
  const banks = findBanks(evidence, wish, granule, warnings);
  const read = givenPhysOffset(evidence, wish);
  if (banks) {
    const first = Math.min(...banks.value.map(({ start }) => start));
    const usual = known(
      physOffsetOf(granule, first),
      'derived',
      `${banks.fact.from}: the first bank, aligned down`,
    );
    if (read || !mapped) return { banks, physOffset: read ?? usual, warnings };
    return { banks, physOffset: fitToBanks(mapped, banks.value, usual, warnings), warnings };
  }
  if (!mapped) {
    throw ask(evidence, 'iomem, memblock/memory or --memory START+SIZE', 'where memory is');
  }
  const physOffset = read ?? known(0, 'assumed', `${nameOf(mapped.file)}: no file tells where memory is`);
  if (!read) {
    warnings.push(
      `${mapped.file}: nothing tells where memory is: physical addresses count from the start of the linear map (--phys-offset, --memory)`,
    );
  }
  const memory = mappedRanges(mapped).map(({ start, end }) => ({
    start: start - mapped.pageOffset + physOffset.value,
    size: end - start,
    noMap: false,
  }));
  return { banks: known(memory, 'derived', `${nameOf(mapped.file)}: what is mapped`), physOffset, warnings };
}

function findBanks(
  evidence: Evidence,
  wish: Given,
  granule: Granule,
  warnings: string[],
): Known<MemoryBank[]> | null {
  if (wish.memory && wish.memory.length > 0) return given([...wish.memory], '--memory');
  const { memblockMemory, iomem } = evidence;
  if (memblockMemory) {
    const banks = toPages(banksOfMemblock(memblockMemory), granule);
    if (banks.length > 0) return known(banks, 'read', nameOf(memblockMemory.file));
  }
  if (!iomem) return null;
  const banks = toPages(banksOfIomem(iomem, warnings), granule);
  return banks.length > 0 ? known(banks, 'read', `${nameOf(iomem.file)}: System RAM`) : null;
}

function banksOfMemblock({ regions }: Memblock): MemoryBank[] {
  return regions.map(({ start, end, flags }) => ({
    start,
    size: end - start,
    noMap: flags.split('|').includes('NOMAP'),
  }));
}

/**
 * Each memblock region is an outermost entry: `System RAM`, or `reserved` where it is not mapped (NOMAP). A `reserved`
 * inside of System RAM is in use by somebody and mapped (request_standard_resources()).
 */
function banksOfIomem({ file, regions }: Iomem, warnings: string[]): MemoryBank[] {
  const banks: MemoryBank[] = [];
  const noMap = regions.filter(({ name }) => name === 'reserved');
  for (const { start, end } of noMap) banks.push({ start, size: end - start, noMap: true });
  for (const { start, end, name, line } of iomemRegions(regions)) {
    if (!isSystemRam(name)) continue;
    banks.push({ start, size: end - start, noMap: false });
    if (name !== 'System RAM') {
      warnings.push(
        `${file}:${line}: ${name} was added while the system ran; it is mapped as if it had been there`,
      );
    }
  }
  const persistent = [...iomemRegions(regions)].find(({ name }) => name === 'Persistent Memory');
  if (persistent) {
    warnings.push(`${file}:${persistent.line}: Persistent Memory may be in the linear map; it is left out`);
  }
  // NOMAP alone is not memory that anybody could have a map of.
  return banks.some((bank) => !bank.noMap) ? banks : [];
}

/** The boot maps whole pages: memory is rounded outwards, and what is not mapped gives way. */
function toPages(banks: readonly MemoryBank[], granule: number): MemoryBank[] {
  const rounded: MemoryBank[] = [];
  for (const { start, size, noMap } of banks.toSorted((a, b) => a.start - b.start || b.size - a.size)) {
    const before = rounded.at(-1);
    const floor = before ? before.start + before.size : 0;
    const round = noMap ? ([Math.ceil, Math.floor] as const) : ([Math.floor, Math.ceil] as const);
    const from = Math.max(round[0](start / granule) * granule, floor);
    const end = round[1]((start + size) / granule) * granule;
    if (end > from) rounded.push({ start: from, size: end - from, noMap });
  }
  return rounded;
}

function givenPhysOffset({ images = [], maps = [] }: Evidence, wish: Given): Known<number> | null {
  if (wish.physOffset !== undefined) return given(wish.physOffset, '--phys-offset');
  for (const { file, physOffset } of images) {
    if (physOffset != null) return known(physOffset, 'read', `${nameOf(file)}: PHYS_OFFSET`);
  }
  for (const { file, map } of maps) {
    const [leaf] = map.leaves;
    if (leaf) return known(leaf.pa - leaf.va - 2 ** map.vaBits, 'read', nameOf(file));
  }
  return null;
}

/**
 * Kernels up to 6.16 move memory up in the linear map by a random distance where the CPU's addresses leave room.
 * Then what is mapped does not lie in the banks as usual, and the distance is that at which it does.
 */
function fitToBanks(
  mapped: MappedMemory,
  banks: readonly MemoryBank[],
  usual: Known<number>,
  warnings: string[],
): Known<number> {
  const ranges = mappedRanges(mapped);
  const memory = joined(banks);
  const fits = (physOffset: number) =>
    ranges.every(({ start, end }) => {
      const from = start - mapped.pageOffset + physOffset;
      const to = end - mapped.pageOffset + physOffset;
      return memory.some((bank) => bank.start <= from && to <= bank.end);
    });
  if (fits(usual.value)) return usual;
  const [first] = ranges;
  const candidates = memory.map((bank) => bank.start - ((first?.start ?? 0) - mapped.pageOffset));
  const fitting = [...new Set(candidates)].filter(fits);
  const [found] = fitting;
  if (found === undefined || fitting.length > 1) {
    warnings.push(
      `${mapped.file}: what is mapped is not what ${usual.fact.from} says is memory; physOffset ${formatAddress(usual.value)} is kept (--phys-offset)`,
    );
    return usual;
  }
  return known(found, 'derived', `${nameOf(mapped.file)}: where its ranges meet the memory banks`);
}

/** What may be mapped, neighbours in one. */
function joined(banks: readonly MemoryBank[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (const { start, size, noMap } of banks.toSorted((a, b) => a.start - b.start)) {
    if (noMap) continue;
    const last = ranges.at(-1);
    if (last?.end === start) last.end = start + size;
    else ranges.push({ start, end: start + size });
  }
  return ranges;
}
