// Which file is used for what, and which are not used and why. Two files that contradict each other are refused.
import { createHash } from 'node:crypto';
import { readInput } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';
import { blameGiven, type GivenFile } from './given-file.js';
import { type InputKind, kindOf, type SystemKind } from './input-kind.js';
import { type Role, roleOf } from './role.js';

export interface Source {
  file: GivenFile;
  kind: InputKind;
  role: Role | null;
}

/** What a map is read from: `image` and `map` give it exactly. */
export interface MapSource extends Source {
  kind: 'image' | 'map' | 'ptdump';
  role: Role;
}

export interface Sources {
  trace: Source | null;
  /** One or more for a role, the most exact first. */
  maps: Map<Role, MapSource[]>;
  /** One of each kind: what says something about the machine. */
  system: Map<SystemKind, Source>;
  machine: Source | null;
  manifest: Source | null;
  probes: Source | null;
  /** Of no use to the import but worth keeping: vmallocinfo of another moment, the script's log. */
  kept: Source[];
  unused: { name: string; reason: string }[];
  warnings: string[];
}

const EXACTNESS: readonly InputKind[] = ['image', 'map', 'ptdump'];
const SYSTEM: ReadonlySet<InputKind> = new Set<SystemKind>([
  'iomem',
  'meminfo',
  'cpuinfo',
  'vmallocinfo',
  'memblock',
  'memblockReserved',
  'config',
  'cmdline',
  'version',
  'midr',
]);
/** These change from one moment to the next, or are written in more than one way; the first one serves. */
const MAY_DIFFER: ReadonlySet<InputKind> = new Set<InputKind>([
  'meminfo',
  'vmallocinfo',
  'version',
  'cpuinfo',
]);
/** Of two moments, the earlier one is the one that the trace starts from. */
const ROLE_ORDER: readonly (Role | null)[] = [null, 'boot', 'before'];

/** Sorts files by what they are. @throws InputError for a file that is wrong, and for two that contradict each other. */
export function sourcesOf(files: readonly GivenFile[]): Sources {
  const sources: Sources = {
    trace: null,
    maps: new Map(),
    system: new Map(),
    machine: null,
    manifest: null,
    probes: null,
    kept: [],
    unused: [],
    warnings: [],
  };
  const maps: Source[] = [];
  for (const file of files) {
    const kind = kindOf(file);
    if (typeof kind !== 'string') {
      sources.unused.push({ name: file.name, reason: kind.unusable });
      continue;
    }
    const source: Source = { file, kind, role: file.role ?? roleOf(file.place) };
    if (file.role !== null && !EXACTNESS.includes(kind)) {
      throw new InputError(
        file.name,
        null,
        `expected page tables for --${file.role}: a memory image, a map or kernel_page_tables, found ${kind}`,
      );
    }
    if (EXACTNESS.includes(kind)) maps.push(source);
    else if (SYSTEM.has(kind)) addSystem(sources, source, kind as SystemKind);
    else addOther(sources, source);
  }
  placeMaps(sources, maps);
  startFromBoot(sources);
  return sources;
}

function addSystem(sources: Sources, source: Source, kind: SystemKind): void {
  const known = sources.system.get(kind);
  if (known === undefined) {
    sources.system.set(kind, source);
    return;
  }
  const [first, second] = roleOrder(source.role) < roleOrder(known.role) ? [source, known] : [known, source];
  const sameMoment = first.role === second.role;
  if (sameMoment && !MAY_DIFFER.has(kind) && !sameContent(first, second))
    throw contradiction(kind, first, second);
  sources.system.set(kind, first);
  sources.kept.push(second);
}

function addOther(sources: Sources, source: Source): void {
  const { kind, file } = source;
  if (kind === 'log') {
    sources.kept.push(source);
    return;
  }
  if (kind !== 'trace' && kind !== 'machine' && kind !== 'manifest' && kind !== 'probes') {
    sources.unused.push({ name: file.name, reason: 'notes of an earlier capture' });
    return;
  }
  const known = sources[kind];
  if (known === null) sources[kind] = source;
  else if (kind === 'trace' || !sameContent(known, source)) throw contradiction(kind, known, source);
}

/** Gives every source of a map a role. One without any is the map at boot, or before the trace. */
function placeMaps(sources: Sources, maps: readonly Source[]): void {
  const roleless = maps.filter(({ role }) => role === null);
  for (const source of maps) if (source.role !== null) addMap(sources, source, source.role);
  if (roleless.length === 0) return;
  const wanted: Role = sources.trace === null ? 'boot' : 'before';
  const [first] = roleless as [Source];
  if (sources.maps.has(wanted) || (sources.trace === null && sources.maps.size > 0)) {
    for (const { file } of roleless) {
      sources.unused.push({
        name: file.name,
        reason: 'nothing says when it was read; --before or --after does',
      });
    }
    return;
  }
  for (const source of roleless) {
    if (source.kind === first.kind && source !== first && !sameContent(first, source)) {
      throw new InputError(
        source.file.name,
        null,
        `expected --before or --after to say when this and ${first.file.name} were read, found neither`,
      );
    }
    addMap(sources, source, wanted);
  }
  if (wanted === 'before') {
    sources.warnings.push(
      `${first.file.name}: nothing says when it was read: taken for the tables before the trace (--before, --after)`,
    );
  }
}

/** A trace without a map of its own starts from the one after boot. */
function startFromBoot(sources: Sources): void {
  const boot = sources.maps.get('boot');
  if (sources.trace === null || boot === undefined || sources.maps.has('before')) return;
  sources.maps.delete('boot');
  sources.maps.set(
    'before',
    boot.map((source) => ({ ...source, role: 'before' })),
  );
  sources.warnings.push(
    `${boot[0]?.file.name}: the tables after boot are taken for those before the trace (--before)`,
  );
}

function addMap(sources: Sources, source: Source, role: Role): void {
  const placed: MapSource = { ...source, kind: source.kind as MapSource['kind'], role };
  const known = sources.maps.get(role) ?? [];
  const rival = known.find(({ kind }) => kind === placed.kind);
  if (rival !== undefined) {
    if (sameContent(rival, placed)) return;
    throw contradiction(`page tables "${role}"`, rival, placed);
  }
  const all = [...known, placed];
  all.sort((a, b) => EXACTNESS.indexOf(a.kind) - EXACTNESS.indexOf(b.kind));
  sources.maps.set(role, all);
}

function roleOrder(role: Role | null): number {
  const at = ROLE_ORDER.indexOf(role);
  return at < 0 ? ROLE_ORDER.length : at;
}

/** Memory images are never compared: they may have terabytes. */
function sameContent(a: Source, b: Source): boolean {
  if (a.kind === 'image' || a.kind === 'trace') return false;
  return digest(a) === digest(b);
}

function digest({ file }: Source): string {
  return createHash('sha256')
    .update(blameGiven(file, () => readInput(file.path)))
    .digest('hex');
}

function contradiction(what: string, first: Source, second: Source): InputError {
  return new InputError(
    second.file.name,
    null,
    `expected one ${what}, found another in ${first.file.name}: leave one of them out`,
  );
}
