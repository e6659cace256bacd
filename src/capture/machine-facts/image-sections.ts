// Where the kernel image lies: its sections get aliases of their own in the linear map.
import type { ImageLayout } from '../../machine/image.js';
import { isMemory, type MemoryBank } from '../../machine/memory.js';
import { iomemRegions } from '../texts/iomem.js';
import type { Evidence, Known } from './evidence.js';
import { known, nameOf } from './evidence.js';
import type { MappedMemory } from './mapped-memory.js';

interface DerivedImage {
  /** Null where nothing tells. */
  layout: ImageLayout | null;
  /** By field: `image.text` and so on. */
  facts: Map<string, Known<number>>;
}

/** Sections are this far apart at least, and aligned to it (SEGMENT_ALIGN). */
const SEGMENT = 64 * 1024;
/** Images are loaded at multiples of this (MIN_KIMG_ALIGN), so that the first section begins at one. */
const IMAGE_ALIGN = 2 * 2 ** 20;
/** Behind bss come the page tables of early boot: 8 pages or so, and never less than one segment. */
const EARLY_TABLES = 8;

type Sections = Partial<Record<keyof ImageLayout, Known<number>>>;

/**
 * Puts the sections together: addresses that iomem or vmallocinfo print, else the read-only aliases that are mapped.
 * @param banks memory, in which an image must lie to be believed
 */
export function deriveImage(
  evidence: Evidence,
  granule: number,
  banks: readonly MemoryBank[],
  mapped: MappedMemory | null,
  physOffset: number,
): DerivedImage {
  const printed = { ...sectionsOfVmallocinfo(evidence, granule), ...sectionsOfIomem(evidence) };
  const sections = { ...(mapped ? sectionsOfAliases(mapped, physOffset) : {}), ...printed };
  const end = imageEnd(evidence, granule);
  const { text, initBegin, initEnd } = sections;
  if (!text || !initBegin || !initEnd) return { layout: null, facts: new Map() };
  const stext = known(
    Math.min(text.value + SEGMENT, initBegin.value),
    'derived',
    'one 64K segment above image.text',
  );
  const startRodata =
    sections.startRodata ??
    known(stext.value, 'assumed', 'nothing tells; the linear map does not depend on it');
  const bssStop =
    (mapped && bssOfAliases(mapped, initEnd.value, physOffset)) ?? assumedBss(initEnd.value, end, granule);
  const all = { text, stext, startRodata, initBegin, initEnd, bssStop };
  const facts = new Map(Object.entries(all).map(([name, value]) => [`image.${name}`, value]));
  const layout: ImageLayout = {
    text: text.value,
    stext: stext.value,
    startRodata: startRodata.value,
    initBegin: initBegin.value,
    initEnd: initEnd.value,
    bssStop: bssStop.value,
  };
  const ascending = Object.values(layout).every(
    (value, i, values) => i === 0 || value >= (values[i - 1] ?? 0),
  );
  const aligned = Object.values(layout).every((value) => value % granule === 0);
  const believable = ascending && aligned && isMemory(banks, layout.text, layout.bssStop);
  return believable ? { layout, facts } : { layout: null, facts: new Map() };
}

/** `Kernel code` is [_text, __init_begin), `Kernel data` [_sdata, _end). From 5.12 to 6.14 the first began at _stext. */
function sectionsOfIomem({ iomem }: Evidence): Sections {
  if (!iomem) return {};
  const file = nameOf(iomem.file);
  const sections: Sections = {};
  for (const { name, start, end } of iomemRegions(iomem.regions)) {
    if (name === 'Kernel code') {
      const fromStext = start % IMAGE_ALIGN === SEGMENT;
      sections.text = fromStext
        ? known(start - SEGMENT, 'derived', `${file}: Kernel code, which begins at _stext`)
        : known(start, 'read', `${file}: Kernel code`);
      sections.initBegin = known(end, 'read', `${file}: end of Kernel code`);
    } else if (name === 'Kernel data') {
      sections.initEnd = known(start, 'read', `${file}: Kernel data`);
    }
  }
  return sections;
}

/** The areas of the image, which paging_init() declares: text, rodata, init text, init data, data. */
function sectionsOfVmallocinfo(evidence: Evidence, granule: number): Sections {
  const areas = imageAreas(evidence);
  const [text, rodata, init, initData, data] = areas;
  const { vmallocinfo } = evidence;
  if (!vmallocinfo || !text || !rodata || !init || !initData || !data) return {};
  const from = `${nameOf(vmallocinfo.file)}: the image's areas`;
  const adjacent = areas.every((area, i) => i === 0 || area.phys === endOf(areas[i - 1]));
  if (!adjacent || data.phys % granule !== 0) return {};
  const start = text.phys % IMAGE_ALIGN === SEGMENT ? text.phys - SEGMENT : text.phys;
  return {
    text: known(start, start === text.phys ? 'read' : 'derived', from),
    startRodata: known(rodata.phys, 'read', from),
    initBegin: known(init.phys, 'read', from),
    initEnd: known(data.phys, 'read', from),
  };
}

function imageAreas({ vmallocinfo }: Evidence): { phys: number; size: number }[] {
  const areas = (vmallocinfo?.areas ?? []).flatMap(({ phys, size, caller, words }) =>
    phys !== null && words.includes('vmap') && IMAGE_CALLERS.test(caller) ? [{ phys, size }] : [],
  );
  return areas.length === 5 ? areas.sort((a, b) => a.phys - b.phys) : [];
}

const IMAGE_CALLERS = /^(?:paging_init|declare_kernel_vmas|declare_vma|map_kernel|map_kernel_segment)$/;

function endOf(area: { phys: number; size: number } | undefined): number | null {
  return area ? area.phys + area.size : null;
}

/** _end, as it is printed; null where nothing prints it. */
function imageEnd(evidence: Evidence, granule: number): Known<number> | null {
  const { iomem, vmallocinfo } = evidence;
  const data = iomem && [...iomemRegions(iomem.regions)].find(({ name }) => name === 'Kernel data');
  if (iomem && data) return known(data.end, 'assumed', `${nameOf(iomem.file)}: end of Kernel data`);
  const last = imageAreas(evidence).at(-1);
  // The last area has a guard page.
  if (!vmallocinfo || !last) return null;
  return known(
    last.phys + last.size - granule,
    'assumed',
    `${nameOf(vmallocinfo.file)}: the image's last area`,
  );
}

/** Only the image's aliases are read-only with the memory type of ordinary mappings: first text, then data. */
function sectionsOfAliases(mapped: MappedMemory, physOffset: number): Sections {
  const [text, data] = aliases(mapped);
  if (!text) return {};
  const from = `${nameOf(mapped.file)}: read-only aliases of the image`;
  const pa = (va: number) => known(va - mapped.pageOffset + physOffset, 'derived', from);
  const ends = { text: pa(text.start), initBegin: pa(text.end) };
  return data ? { ...ends, initEnd: pa(data.start) } : ends;
}

/** __bss_stop, rounded up to a page, is where the read-only alias of the data ends (since 7.2). */
function bssOfAliases(mapped: MappedMemory, initEnd: number, physOffset: number): Known<number> | null {
  const alias = aliases(mapped).find(({ start }) => start - mapped.pageOffset + physOffset === initEnd);
  if (!alias) return null;
  const from = `${nameOf(mapped.file)}: end of the data's read-only alias`;
  return known(alias.end - mapped.pageOffset + physOffset, 'derived', from);
}

/** Kernels without MTE in their configuration have one memory type for all: then nothing can be told. */
function aliases({ stretches }: MappedMemory): { start: number; end: number }[] {
  if (!stretches.some(({ tagged }) => tagged)) return [];
  const found: { start: number; end: number }[] = [];
  for (const { start, end, readOnly, tagged } of stretches) {
    if (!readOnly || tagged) continue;
    const last = found.at(-1);
    if (last?.end === start) last.end = end;
    else found.push({ start, end });
  }
  return found;
}

function assumedBss(initEnd: number, end: Known<number> | null, granule: number): Known<number> {
  if (!end) return known(initEnd + granule, 'assumed', 'nothing tells where the data ends');
  const before = Math.max(SEGMENT, EARLY_TABLES * granule);
  return known(
    Math.max(initEnd, end.value - before),
    'assumed',
    `${end.fact.from}, less the page tables of early boot`,
  );
}
