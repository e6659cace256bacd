// A machine description from what people have of a machine, each field with the reason for it.
import { Core } from '../../core/core.js';
import type { MachineDescription } from '../../machine/machine-schema.js';
import type { MemoryBank } from '../../machine/memory.js';
import { type Rodata, rodataFromCommandLine } from '../../machine/rodata.js';
import { pageEndOf, pageOffsetOf, usesLpa2 } from '../../machine/va-layout.js';
import { parseKernelVersion } from '../texts/kernel-version.js';
import { ask } from './ask.js';
import { type Evidence, type Fact, type Given, given, type Known, known, nameOf } from './evidence.js';
import { deriveGeometry, type Geometry } from './geometry-facts.js';
import { deriveImage } from './image-sections.js';
import { deriveKfence } from './kfence-facts.js';
import { type MappedMemory, mappedByDump, mappedByMap } from './mapped-memory.js';
import { deriveMemory } from './memory-facts.js';
import {
  deriveCpus,
  deriveDebugPagealloc,
  deriveNonGlobal,
  deriveRodata,
  layoutOf,
} from './permission-facts.js';

interface DerivedMachine {
  description: MachineDescription;
  /** Reason for each field that is in the description; `image.bssStop` and `kfencePool.start` for parts. */
  facts: Record<string, Fact>;
  /** Sentences for a person, each with its file. */
  warnings: string[];
}

/**
 * Describes the machine that the evidence is of.
 * @param core used up: it is reset. Where the evidence has maps it tells their descriptors apart
 * @throws InputError naming the option to give, where a fact that matters cannot be had
 */
export function deriveMachine(found: Evidence, wish: Given = {}, core?: Core): DerivedMachine {
  const evidence = withKernel(found);
  const geometry = deriveGeometry(evidence, wish);
  const granule = geometry.granule.value;
  const mapped = mappedIn(evidence, geometry, core);
  const { banks, physOffset, warnings } = deriveMemory(evidence, wish, granule, mapped);
  const image = deriveImage(evidence, granule, banks.value, mapped, physOffset.value);
  const { kfence, pool } = deriveKfence(evidence, wish, granule, banks.value, mapped, physOffset.value);
  const kernel = evidence.kernel
    ? known(evidence.kernel.text, 'read' as const, nameOf(evidence.kernel.file))
    : null;
  const rodata = deriveRodata(evidence, wish, kernel?.value ?? '', mapped);
  const debugPagealloc = deriveDebugPagealloc(evidence, wish);
  const permissionsChange = rodata.value === 'full' || kfence.value.late;
  const text = image.layout && {
    start: image.layout.text - physOffset.value + pageOffsetOf(geometry.vaBits.value),
    end: image.layout.initBegin - physOffset.value + pageOffsetOf(geometry.vaBits.value),
  };
  const layout =
    mapped && !debugPagealloc.value ? { layout: layoutOf(mapped, text), file: mapped.file } : null;
  const cpus = deriveCpus(evidence, wish, permissionsChange, layout, warnings);
  if (!cpus.bbml2 && permissionsChange && !debugPagealloc.value) {
    throw ask(evidence, '--midr 0x…', 'MIDR_EL1 of the CPU, by which the kernel chooses blocks or pages');
  }
  const nonGlobal = deriveNonGlobal(evidence, wish, mapped);
  const commandLine = commandLineFor(evidence, rodata, kernel?.value ?? '');
  const memTotal = evidence.meminfo?.values.get('MemTotal');

  const facts: Record<string, Fact> = {};
  const take = <T>(name: string, one: Known<T>): T => {
    facts[name] = one.fact;
    return one.value;
  };
  const description: MachineDescription = {
    schema: 'linmap.machine/1',
    ...(wish.name !== undefined && { name: take('name', given(wish.name, '--name')) }),
    ...(kernel && { kernel: take('kernel', kernel) }),
    ...(commandLine && { commandLine: take('commandLine', commandLine) }),
    ...(wish.source !== undefined && { source: wish.source }),
    granule: take('granule', geometry.granule),
    vaBits: take('vaBits', geometry.vaBits),
    vaBitsBuild: take('vaBitsBuild', geometry.vaBitsBuild),
    lpa2: take('lpa2', lpa2Of(evidence, geometry)),
    nonGlobal: take('nonGlobal', nonGlobal),
    pageOffset: take('pageOffset', known(pageOffsetOf(geometry.vaBits.value), 'derived', 'vaBits')),
    pageEnd: take(
      'pageEnd',
      known(pageEndOf(granule, geometry.vaBits.value), 'derived', 'granule and vaBits'),
    ),
    physOffset: take('physOffset', physOffset),
    rodataFull: take('rodataFull', { value: rodata.value === 'full', fact: rodata.fact }),
    ...(cpus.bbml2 && { bbml2: take('bbml2', cpus.bbml2) }),
    ...(cpus.midr && { midr: take('midr', cpus.midr) }),
    ...(cpus.allCpus && { bbml2AllCpus: take('bbml2AllCpus', cpus.allCpus) }),
    kfenceObjects: take('kfenceObjects', { value: kfence.value.objects, fact: kfence.fact }),
    kfenceEarlyInit: take('kfenceEarlyInit', { value: kfence.value.early, fact: kfence.fact }),
    kfencePool: pool && kfence.value.pool ? { ...kfence.value.pool } : null,
    memory: take('memory', { value: describeBanks(banks.value), fact: banks.fact }),
    image: image.layout,
    debugPagealloc: take('debugPagealloc', debugPagealloc),
    ...(evidence.meminfo &&
      memTotal !== undefined && {
        memTotalKiB: take(
          'memTotalKiB',
          known(memTotal, 'read', `${nameOf(evidence.meminfo.file)}: MemTotal`),
        ),
      }),
  };
  if (pool) facts['kfencePool.start'] = pool.fact;
  if (image.layout === null) facts.image = { kind: 'assumed', from: 'nothing tells where it is: none' };
  for (const [name, one] of image.facts) facts[name] = one.fact;
  return { description: { ...description, facts }, facts, warnings };
}

/** The earliest look at the map there is: a map that was read as it is goes before a dump. */
function mappedIn(
  evidence: Evidence,
  { granule, vaBits }: Geometry,
  core: Core | undefined,
): MappedMemory | null {
  const [map] = evidence.maps ?? [];
  if (map) return mappedByMap(map.file, map.map, core ?? new Core());
  const [dump] = evidence.ptdumps ?? [];
  if (!dump) return null;
  const mapped = mappedByDump(dump, granule.value, vaBits.value);
  return mapped.stretches.length > 0 ? mapped : null;
}

/** Without the output of uname, an image's release says which kernel it is. */
function withKernel(evidence: Evidence): Evidence {
  if (evidence.kernel) return evidence;
  const image = evidence.images?.find((one) => one.kernel);
  return image?.kernel ? { ...evidence, kernel: parseKernelVersion(image.kernel, image.file) } : evidence;
}

function lpa2Of({ images = [] }: Evidence, { granule, vaBits }: Geometry): Known<boolean> {
  const image = images.find((one) => one.lpa2 != null);
  if (image) return known(image.lpa2 === true, 'read', nameOf(image.file));
  return known(usesLpa2(granule.value, vaBits.value), 'derived', 'granule and vaBits');
}

/** What a person says of rodata goes onto the command line where the description has no other place for it. */
function commandLineFor(
  { commandLine }: Evidence,
  rodata: Known<Rodata>,
  kernel: string,
): Known<string> | null {
  const text = commandLine?.text ?? '';
  const read = commandLine ? known(text, 'read', nameOf(commandLine.file)) : null;
  const asked = rodataFromCommandLine(text, kernel);
  const expressible =
    rodata.value === asked || rodata.value === 'full' || (rodata.value === 'on' && asked === 'full');
  if (expressible) return read;
  const word =
    rodata.value === 'off'
      ? 'off'
      : rodataFromCommandLine('rodata=noalias', kernel) === 'on'
        ? 'noalias'
        : 'on';
  const from = read ? `${read.fact.from}, with --rodata` : '--rodata';
  return known(`${text} rodata=${word}`.trim(), 'given', from);
}

function describeBanks(banks: readonly MemoryBank[]): MachineDescription['memory'] {
  return banks.map(({ start, size, noMap }) => ({ start, size, flags: noMap ? 'NOMAP' : 'NONE' }));
}
