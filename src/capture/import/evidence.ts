// The sources as parsed documents: what the machine's facts are derived from, and what maps are made of.
import type { LinearMap } from '../../map/linear-map.js';
import { parseMap } from '../../map/map-file.js';
import { type GivenFacts, type ImageReading, readImage } from '../image/read-image.js';
import type { Evidence } from '../machine-facts/evidence.js';
import { parseCpuinfo } from '../texts/cpuinfo.js';
import { parseIomem } from '../texts/iomem.js';
import { parseCommandLine } from '../texts/kernel-command-line.js';
import { parseKernelConfig } from '../texts/kernel-config.js';
import { parseKernelVersion } from '../texts/kernel-version.js';
import { parseMemblock } from '../texts/memblock.js';
import { parseMeminfo } from '../texts/meminfo.js';
import { parseMidr } from '../texts/midr.js';
import { type Ptdump, parsePtdump } from '../texts/ptdump.js';
import { parseVmallocinfo } from '../texts/vmallocinfo.js';
import { blameGiven, readGiven } from './given-file.js';
import type { SystemKind } from './input-kind.js';
import type { Manifest } from './manifest.js';
import type { Role } from './role.js';
import type { MapSource, Sources } from './sources.js';

/** Page tables as they were read, by where from. Each source is in one of the three. */
export interface ReadTables {
  images: Map<MapSource, ImageReading>;
  maps: Map<MapSource, LinearMap>;
  ptdumps: Map<MapSource, Ptdump>;
}

const PARSERS: { [Kind in SystemKind]: (text: string, file: string) => Partial<Evidence> } = {
  iomem: (text, file) => ({ iomem: parseIomem(text, file) }),
  meminfo: (text, file) => ({ meminfo: parseMeminfo(text, file) }),
  cpuinfo: (text, file) => ({ cpuinfo: parseCpuinfo(text, file) }),
  vmallocinfo: (text, file) => ({ vmallocinfo: parseVmallocinfo(text, file) }),
  memblock: (text, file) => ({ memblockMemory: parseMemblock(text, file) }),
  memblockReserved: (text, file) => ({ memblockReserved: parseMemblock(text, file) }),
  config: (text, file) => ({ config: parseKernelConfig(text, file) }),
  cmdline: (text, file) => ({ commandLine: parseCommandLine(text, file) }),
  version: (text, file) => ({ kernel: parseKernelVersion(text, file) }),
  midr: (text, file) => ({ midr: parseMidr(text, file) }),
};

/** The order in which the tables of a capture were read. */
const MOMENTS: readonly Role[] = ['boot', 'before', 'held', 'after'];

/** Reads all page tables of the sources. @throws InputError for what is damaged or lacks facts that are not given */
export function readTables(sources: Sources, given: GivenFacts): ReadTables {
  const tables: ReadTables = { images: new Map(), maps: new Map(), ptdumps: new Map() };
  const roles = [...sources.maps.keys()].sort((a, b) => momentOf(a) - momentOf(b));
  for (const source of roles.flatMap((role) => sources.maps.get(role) ?? [])) {
    const { file, kind } = source;
    if (kind === 'image')
      tables.images.set(
        source,
        blameGiven(file, () => readImage(file.path, given)),
      );
    else if (kind === 'map') tables.maps.set(source, parseMap(readGiven(file), file.name));
    else tables.ptdumps.set(source, parsePtdump(readGiven(file), file.name));
  }
  return tables;
}

/** What the sources say of the machine. @throws InputError naming file and line of what is no such text */
export function evidenceOf(sources: Sources, tables: ReadTables, manifest: Manifest | null): Evidence {
  const parts = [...sources.system].map(([kind, { file }]) => PARSERS[kind](readGiven(file), file.name));
  const evidence: Evidence = Object.assign({}, ...parts);
  const release = manifest?.values.get('release');
  if (evidence.kernel === undefined && release !== undefined && sources.manifest !== null) {
    evidence.kernel = parseKernelVersion(`Linux ${release}`, sources.manifest.file.name);
  }
  return {
    ...evidence,
    ptdumps: [...tables.ptdumps.values()],
    images: [...tables.images].map(([{ file }, { facts }]) => ({ ...facts, file: file.name })),
    maps: exactMaps(tables).map(([{ file }, map]) => ({ file: file.name, map })),
  };
}

/** Maps that show every descriptor, the earliest first. */
function exactMaps({ images, maps }: ReadTables): [MapSource, LinearMap][] {
  const exact = [...maps, ...[...images].map(([source, { map }]) => [source, map] as [MapSource, LinearMap])];
  return exact.sort(([a], [b]) => momentOf(a.role) - momentOf(b.role));
}

/** Orders roles by when they were read. */
export function momentOf(role: Role): number {
  const at = MOMENTS.indexOf(role);
  return at < 0 ? MOMENTS.indexOf('held') : at;
}
