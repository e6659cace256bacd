// What decides how the linear map is laid out and changed: rodata, the CPU, KPTI, DEBUG_PAGEALLOC.
import { debugPageallocFrom, kernelParameter } from '../../machine/command-line.js';
import { bbml2Core } from '../../machine/cpu.js';
import { type Rodata, rodataFromCommandLine } from '../../machine/rodata.js';
import type { KernelVersion } from '../texts/kernel-version.js';
import type { CpuIds } from '../texts/midr.js';
import { type Evidence, type Given, given, type Known, known, nameOf } from './evidence.js';
import type { MappedMemory } from './mapped-memory.js';

/** Where a map is mapped by more than pages. */
type Layout = 'large' | 'large at the image only' | 'pages';

/**
 * How a map is laid out, leaving out the ends of what it is made of.
 * @param image VAs of the image's alias, which an asymmetric machine leaves as it was
 */
export function layoutOf({ stretches }: MappedMemory, image: { start: number; end: number } | null): Layout {
  const large = stretches.filter((stretch) => stretch.large);
  if (large.length === 0) return 'pages';
  const inImage = (start: number, end: number) => image !== null && start >= image.start && end <= image.end;
  return large.every(({ start, end }) => inImage(start, end)) ? 'large at the image only' : 'large';
}

/** The command line decides; where there is none, the map may still tell. */
export function deriveRodata(
  evidence: Evidence,
  wish: Given,
  kernel: string,
  mapped: MappedMemory | null,
): Known<Rodata> {
  if (wish.rodata) return given(wish.rodata, '--rodata');
  const { commandLine, config, kernel: version } = evidence;
  const asked = commandLine ? kernelParameter(commandLine.text, 'rodata') : null;
  if (commandLine && asked !== null) {
    return known(
      rodataFromCommandLine(commandLine.text, kernel),
      'read',
      `${nameOf(commandLine.file)}: rodata=`,
    );
  }
  if (config && isBefore(version, 6, 18) && config.options.get('RODATA_FULL_DEFAULT_ENABLED') === 'n') {
    return known('on', 'read', `${nameOf(config.file)}: CONFIG_RODATA_FULL_DEFAULT_ENABLED`);
  }
  if (commandLine) return known('full', 'derived', `${nameOf(commandLine.file)}: no rodata=, the default`);
  if (mapped?.stretches.some(({ readOnly, tagged }) => readOnly && tagged)) {
    return known('full', 'derived', `${nameOf(mapped.file)}: read-only aliases of modules`);
  }
  return known('full', 'assumed', 'the default of rodata=; no command line tells');
}

interface Cpus {
  midr: Known<number> | null;
  /** The boot CPU is on the BBML2_NOABORT list. Null where nothing tells. */
  bbml2: Known<boolean> | null;
  allCpus: Known<boolean> | null;
}

/**
 * Whether the kernel counts on BBML2.
 * @param permissionsChange permissions of the linear map may change: then a map by more than pages needs BBML2
 * @param layout of the machine's own map, where there is one
 */
export function deriveCpus(
  evidence: Evidence,
  wish: Given,
  permissionsChange: boolean,
  mapped: { layout: Layout; file: string } | null,
  warnings: string[],
): Cpus {
  const ids = evidence.midr ?? evidence.cpuinfo;
  const midr = wish.midr !== undefined ? given(wish.midr, '--midr') : bootMidr(ids);
  if (wish.bbml2 !== undefined) {
    const answer = given(wish.bbml2, '--bbml2');
    return { midr, bbml2: answer, allCpus: answer };
  }
  const { kernel } = evidence;
  if (kernel && isBefore(kernel, 6, 18)) {
    const never = known(false, 'derived', `${nameOf(kernel.file)}: kernels before 6.18 do not use BBML2`);
    return { midr, bbml2: never, allCpus: never };
  }
  const byMidr = byList(midr, wish.midr === undefined ? ids : undefined);
  if (!mapped || !permissionsChange) return { midr, ...byMidr };
  const byMap = byLayout(mapped);
  if (byMidr.bbml2 && byMidr.allCpus && differ(byMidr, byMap)) {
    warnings.push(
      `${mapped.file}: the map is not that of these CPUs (${byMidr.bbml2.fact.from}): what is mapped decides`,
    );
  }
  return byMidr.bbml2 && !differ(byMidr, byMap) ? { midr, ...byMidr } : { midr, ...byMap };
}

function byList(midr: Known<number> | null, ids: CpuIds | undefined): Omit<Cpus, 'midr'> {
  if (!midr) return { bbml2: null, allCpus: null };
  const listed = (value: number) => bbml2Core(value) !== null;
  const bbml2 = known(listed(midr.value), 'derived', `MIDR of the boot CPU (${midr.fact.from})`);
  if (!ids) return { bbml2, allCpus: known(bbml2.value, 'assumed', 'all CPUs are alike') };
  const all = [...ids.midr.values()].every(listed);
  return { bbml2, allCpus: known(bbml2.value && all, 'derived', `MIDR of all CPUs (${midr.fact.from})`) };
}

function byLayout({ layout, file }: { layout: Layout; file: string }): {
  bbml2: Known<boolean>;
  allCpus: Known<boolean>;
} {
  const from = (what: string) => `${nameOf(file)}: ${what}`;
  switch (layout) {
    case 'large':
      return {
        bbml2: known(true, 'derived', from('blocks or contiguous pages')),
        allCpus: known(true, 'derived', from('blocks or contiguous pages')),
      };
    case 'large at the image only':
      return {
        bbml2: known(true, 'derived', from('blocks at the image')),
        allCpus: known(false, 'derived', from('pages everywhere but at the image')),
      };
    case 'pages': {
      const pages = known(false, 'derived', from('pages only'));
      return { bbml2: pages, allCpus: pages };
    }
  }
}

/** Pages only are also what an asymmetric machine has whose image happens to be mapped by pages. */
function differ(one: Omit<Cpus, 'midr'>, other: Omit<Cpus, 'midr'>): boolean {
  return (
    (one.bbml2?.value && one.allCpus?.value) !== (other.bbml2?.value && other.allCpus?.value) ||
    (one.bbml2?.value === false && other.bbml2?.value === true)
  );
}

function bootMidr(ids: CpuIds | undefined): Known<number> | null {
  if (!ids) return null;
  const boot = Math.min(...ids.midr.keys());
  const value = ids.midr.get(boot);
  return value === undefined ? null : known(value, 'read', `${nameOf(ids.file)}: CPU ${boot}`);
}

/** KPTI makes every kernel mapping non-global, which a dump shows. */
export function deriveNonGlobal(
  { config, commandLine }: Evidence,
  wish: Given,
  mapped: MappedMemory | null,
): Known<boolean> {
  if (wish.nonGlobal !== undefined) return given(wish.nonGlobal, '--kpti');
  const valid = mapped?.stretches.filter((stretch) => stretch.valid) ?? [];
  if (mapped && valid.length > 0) {
    return known(
      valid.some(({ nonGlobal }) => nonGlobal),
      'read',
      `${nameOf(mapped.file)}: nG`,
    );
  }
  if (config?.options.get('UNMAP_KERNEL_AT_EL0') === 'n') {
    return known(false, 'read', `${nameOf(config.file)}: CONFIG_UNMAP_KERNEL_AT_EL0`);
  }
  const asked = kernelParameter(commandLine?.text ?? '', 'kpti');
  if (commandLine && asked !== null) {
    return known(/^(?:[yt1]|on)/i.test(asked), 'read', `${nameOf(commandLine.file)}: kpti=`);
  }
  return known(false, 'assumed', 'no dump or image shows whether mappings are global (KPTI)');
}

/** DEBUG_PAGEALLOC: built in, and switched on. */
export function deriveDebugPagealloc({ config, commandLine }: Evidence, wish: Given): Known<boolean> {
  if (wish.debugPagealloc !== undefined) return given(wish.debugPagealloc, '--debug-pagealloc');
  if (config && config.options.get('DEBUG_PAGEALLOC') !== 'y') {
    return known(false, 'read', `${nameOf(config.file)}: CONFIG_DEBUG_PAGEALLOC`);
  }
  if (commandLine && kernelParameter(commandLine.text, 'debug_pagealloc') !== null) {
    const on = debugPageallocFrom(commandLine.text);
    return known(on, config ? 'read' : 'derived', `${nameOf(commandLine.file)}: debug_pagealloc=`);
  }
  if (config?.options.get('DEBUG_PAGEALLOC_ENABLE_DEFAULT') === 'y') {
    return known(true, 'read', `${nameOf(config.file)}: CONFIG_DEBUG_PAGEALLOC_ENABLE_DEFAULT`);
  }
  return config && commandLine
    ? known(false, 'read', `${nameOf(commandLine.file)}: no debug_pagealloc=`)
    : known(false, 'assumed', 'nothing asks for it');
}

export function isBefore(kernel: KernelVersion | undefined, major: number, minor: number): boolean {
  return kernel !== undefined && (kernel.major < major || (kernel.major === major && kernel.minor < minor));
}
