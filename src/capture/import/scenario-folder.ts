// The folder that an import writes, in the form of a capture's scenario with its machine in it.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeMap } from '../../map/map-file.js';
import { readHead } from '../archive/head.js';
import type { InputKind } from './input-kind.js';
import type { ImportedMap } from './machine-maps.js';
import { NOTES_SCHEMA } from './notes.js';
import type { Source, Sources } from './sources.js';

/** A map of more runs and tables than this is gzipped. */
const GZIP_FROM = 20_000;

/** What a folder that an import wrote may hold. */
const WRITTEN = /^(?:machine\.json|notes\.json|trace\.txt|texts|.+\.map\.json(?:\.gz)?)$/;

/** Names in texts/, without the role and `.txt`. Memory images are not copied: their map is in the folder, exactly. */
const COPIES: Partial<Record<InputKind, string>> = {
  ptdump: 'kernel_page_tables',
  iomem: 'iomem',
  meminfo: 'meminfo',
  cpuinfo: 'cpuinfo',
  vmallocinfo: 'vmallocinfo',
  memblock: 'memblock-memory',
  memblockReserved: 'memblock-reserved',
  config: 'config',
  cmdline: 'cmdline',
  version: 'version',
  midr: 'midr',
  manifest: 'MANIFEST',
  probes: 'probes',
  log: 'log',
};

/** Whether a folder holds an import and nothing else, so that nobody loses anything when it is replaced. */
export function isImport(folder: string): boolean {
  if (!readdirSync(folder).every((name) => WRITTEN.test(name))) return false;
  const notes = join(folder, 'notes.json');
  return existsSync(notes) && readFileSync(notes, 'utf8').includes(`"${NOTES_SCHEMA}"`);
}

/** `before.map.json`, or `before.map.json.gz` for a large map. */
export function mapName({ role, map }: ImportedMap): string {
  const large = map.leaves.length + map.tables.length > GZIP_FROM;
  return `${role}.map.json${large ? '.gz' : ''}`;
}

export function writeMaps(folder: string, maps: readonly ImportedMap[]): void {
  for (const imported of maps) writeMap(join(folder, mapName(imported)), imported.map);
}

export function writeText(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** Copies what was read, as it was, gzipped where it was. Returns the names in the folder by source. */
export function copyTexts(folder: string, sources: Sources): Map<Source, string> {
  const { manifest, probes, kept, system, maps } = sources;
  const ptdumps = [...maps.values()].flat().filter(({ kind }) => kind === 'ptdump');
  const copied = new Map<Source, string>();
  const texts = join(folder, 'texts');
  const taken = new Set<string>();
  for (const source of [...system.values(), ...ptdumps, manifest, probes, ...kept]) {
    const base = source === null ? undefined : COPIES[source.kind];
    if (source === null || base === undefined) continue;
    mkdirSync(texts, { recursive: true });
    const name = freeName(base, source, taken);
    // Files of /proc have no size, which is what copyFileSync() goes by.
    writeFileSync(join(texts, name), readFileSync(source.file.path));
    copied.set(source, `texts/${name}`);
  }
  return copied;
}

function freeName(base: string, { file, role }: Source, taken: Set<string>): string {
  const ending = readHead(file.path, file.name).gzipped ? '.txt.gz' : '.txt';
  const stem = role === null ? base : `${base}.${role}`;
  let name = `${stem}${ending}`;
  for (let copy = 2; taken.has(name); copy++) name = `${stem}.${copy}${ending}`;
  taken.add(name);
  return name;
}
