// Granule and VA bits: which configuration of arm64 the texts are of.
import {
  formatGranule,
  GRANULES,
  type Granule,
  pageEndOf,
  pageOffsetOf,
  vaBitsOf,
} from '../../machine/va-layout.js';
import type { Ptdump } from '../texts/ptdump.js';
import type { Vmallocinfo } from '../texts/vmallocinfo.js';
import { ask } from './ask.js';
import { granulesOfDump, showsStart, vaBitsOfDump } from './dump-geometry.js';
import { type Evidence, type Given, given, type Known, known, nameOf } from './evidence.js';
import { rowOfVmallocTotal } from './vmalloc-total.js';

export interface Geometry {
  granule: Known<Granule>;
  vaBits: Known<number>;
  vaBitsBuild: Known<number>;
}

/** @throws InputError naming the option to give where the files do not tell. */
export function deriveGeometry(evidence: Evidence, wish: Given): Geometry {
  const granule = findGranule(evidence, wish);
  if (granule === null) throw ask(evidence, '--granule 4K, 16K or 64K', 'the size of the kernel’s pages');
  const build = findBuildBits(evidence, wish, granule.value);
  const vaBits = findVaBits(evidence, wish, granule.value, build);
  if (vaBits === null) {
    const rows = vaBitsOf(granule.value).join(', ');
    const why = build
      ? `whether this CPU has the ${build.value}-bit addresses that the kernel is built for`
      : 'the kernel’s address bits';
    throw ask(evidence, `--va-bits (${rows} for ${formatGranule(granule.value)} pages)`, why);
  }
  const same = known(vaBits.value, 'assumed', 'the bits in use; nothing tells what the kernel was built for');
  return { granule, vaBits, vaBitsBuild: build ?? same };
}

function findGranule(evidence: Evidence, wish: Given): Known<Granule> | null {
  return (
    (wish.granule ? given(wish.granule, '--granule') : null) ??
    granuleFromConfig(evidence) ??
    granuleFromImages(evidence) ??
    granuleShownByDumps(evidence.ptdumps ?? []) ??
    (evidence.vmallocinfo ? granuleFromGuardPages(evidence.vmallocinfo) : null) ??
    granuleFromVmallocTotal(evidence) ??
    granuleFromRelease(evidence) ??
    largestGranuleOfDumps(evidence.ptdumps ?? [])
  );
}

function granuleFromConfig({ config }: Evidence): Known<Granule> | null {
  if (!config) return null;
  for (const granule of GRANULES) {
    const name = formatGranule(granule);
    // The second name is that of all architectures, since 6.9.
    for (const option of [`ARM64_${name}_PAGES`, `PAGE_SIZE_${name}B`]) {
      if (config.options.get(option) === 'y') {
        return known(granule, 'read', `${nameOf(config.file)}: CONFIG_${option}`);
      }
    }
  }
  return null;
}

function granuleFromImages({ images = [], maps = [] }: Evidence): Known<Granule> | null {
  for (const { file, granule } of images) {
    const one = GRANULES.find((known) => known === granule);
    if (one) return known(one, 'read', `${nameOf(file)}: PAGESIZE`);
  }
  const [first] = maps;
  return first ? known(first.map.granule, 'read', nameOf(first.file)) : null;
}

/** The one granule whose entries tile every range. */
function granuleShownByDumps(dumps: readonly Ptdump[]): Known<Granule> | null {
  for (const dump of dumps) {
    const [granule, ...others] = granulesOfDump(dump);
    if (granule && others.length === 0) {
      return known(granule, 'derived', `${nameOf(dump.file)}: sizes of its ranges`);
    }
  }
  return null;
}

/** Multiples of 64K are multiples of 4K too, but few ranges of a kernel with 4K pages are multiples of 64K. */
function largestGranuleOfDumps(dumps: readonly Ptdump[]): Known<Granule> | null {
  for (const dump of dumps) {
    const granules = granulesOfDump(dump);
    const granule = granules.pop();
    if (granule === undefined) continue;
    const others = granules.map(formatGranule).join(' or ');
    return known(granule, 'assumed', `${nameOf(dump.file)}: its ranges could be of ${others} pages too`);
  }
  return null;
}

/** An area of vmalloc() is its pages and one guard page more. */
function granuleFromGuardPages({ file, areas }: Vmallocinfo): Known<Granule> | null {
  const votes = new Map<Granule, number>();
  for (const { size, pages, words } of areas) {
    if (pages === null || !words.includes('vmalloc')) continue;
    const granule = GRANULES.find((candidate) => candidate * (pages + 1) === size);
    if (granule) votes.set(granule, (votes.get(granule) ?? 0) + 1);
  }
  const [best] = [...votes].sort((a, b) => b[1] - a[1]);
  return best ? known(best[0], 'derived', `${nameOf(file)}: guard pages`) : null;
}

function granuleFromVmallocTotal(evidence: Evidence): Known<Granule> | null {
  const row = rowOfVmallocTotal(evidence, GRANULES);
  return row ? known(row.granule, 'derived', row.from) : null;
}

/** Distributions name such kernels: 7.2.13-arm64-16k, 5.14.0-570.el9.aarch64+64k. */
function granuleFromRelease({ kernel }: Evidence): Known<Granule> | null {
  const size = /[-+._](16|64)k(?:$|[-+._])/i.exec(kernel?.release ?? '')?.[1];
  if (!kernel || !size) return null;
  return known(size === '16' ? 16384 : 65536, 'derived', `${nameOf(kernel.file)}: name of the release`);
}

function findBuildBits(evidence: Evidence, wish: Given, granule: Granule): Known<number> | null {
  if (wish.vaBitsBuild) return given(wish.vaBitsBuild, '--va-bits-build');
  for (const { file, vaBitsBuild } of evidence.images ?? []) {
    if (vaBitsBuild) return known(vaBitsBuild, 'read', `${nameOf(file)}: NUMBER(VA_BITS)`);
  }
  const bits = Number(evidence.config?.options.get('ARM64_VA_BITS'));
  if (evidence.config && vaBitsOf(granule).includes(bits)) {
    return known(bits, 'read', `${nameOf(evidence.config.file)}: CONFIG_ARM64_VA_BITS`);
  }
  const row = rowOfVmallocTotal(evidence, [granule]);
  return row ? known(row.vaBits, 'derived', row.from) : null;
}

function findVaBits(
  evidence: Evidence,
  wish: Given,
  granule: Granule,
  build: Known<number> | null,
): Known<number> | null {
  if (wish.vaBits) return given(wish.vaBits, '--va-bits');
  for (const { file, vaBits } of evidence.images ?? []) {
    if (vaBits) return known(vaBits, 'read', `${nameOf(file)}: TCR_EL1_T1SZ`);
  }
  const [map] = evidence.maps ?? [];
  if (map) return known(map.map.vaBits, 'read', nameOf(map.file));
  for (const dump of evidence.ptdumps ?? []) {
    const bits = vaBitsOfDump(dump, granule);
    if (bits === null) continue;
    const name = nameOf(dump.file);
    if (showsStart(dump, granule)) return known(bits, 'derived', `${name}: where the linear map starts`);
    return known(bits, 'assumed', `${name}: its first memory, as nothing shows where the linear map starts`);
  }
  return (
    bitsFromLinearAddresses(evidence, granule) ??
    (build && build.value <= 48 ? known(build.value, 'derived', build.fact.from) : null) ??
    bitsFromVmallocStart(evidence, granule, build)
  );
}

/** The linear map is the lower half of the kernel's addresses: its lowest has as many bits as there are. */
function bitsFromLinearAddresses({ linearAddresses }: Evidence, granule: Granule): Known<number> | null {
  if (!linearAddresses) return null;
  let lowest = 0;
  for (const address of linearAddresses.addresses) lowest = Math.min(lowest, address);
  const bits = vaBitsOf(granule).find(
    (row) => lowest >= pageOffsetOf(row) && lowest < pageEndOf(granule, row),
  );
  if (lowest === 0 || bits === undefined) return null;
  return known(bits, 'derived', `${nameOf(linearAddresses.file)}: addresses of the linear map`);
}

/** vmalloc begins 2 GiB above PAGE_END, which does not tell 52 bits from the bits that its CPU may lack. */
function bitsFromVmallocStart(
  { vmallocinfo }: Evidence,
  granule: Granule,
  build: Known<number> | null,
): Known<number> | null {
  if (!vmallocinfo || (build && build.value > 48)) return null;
  const starts = vmallocinfo.areas.flatMap(({ start }) => (start === null ? [] : [start]));
  const lowest = Math.min(0, ...starts.slice(0, 65536));
  const bits = vaBitsOf(granule).findLast(
    (row) => row <= 48 && lowest < 0 && lowest >= pageEndOf(granule, row),
  );
  const fits = vaBitsOf(granule).find((row) => row <= 48 && lowest < 0 && lowest >= pageEndOf(granule, row));
  if (bits === undefined || fits === undefined) return null;
  return known(fits, 'assumed', `${nameOf(vmallocinfo.file)}: where vmalloc starts, and no 52-bit addresses`);
}
