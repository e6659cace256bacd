/** A shipped capture as the files a person would send: texts of its maps, its trace, an archive as the script makes it. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ARCHIVE_LIMITS } from '../../../src/capture/archive/unpack.js';
import { type ImportOptions, importCapture } from '../../../src/capture/import/import-capture.js';
import { replay } from '../../../src/capture/replay.js';
import { readScenario } from '../../../src/capture/scenario.js';
import { Core } from '../../../src/core/core.js';
import { readMachine } from '../../../src/machine/machine.js';
import type { LinearMap } from '../../../src/map/linear-map.js';
import { readMap } from '../../../src/map/map-file.js';
import { root } from '../../cli/linmap.js';
import { type TarEntry, tarFile } from '../archive/tar-file.js';
import { bytesOf, coreFile } from '../image/core-file.js';
import { formatIomem } from '../texts/iomem-text.js';
import { formatPtdump } from '../texts/ptdump-text.js';

export const captures = join(root, 'captures');

export const QUIET: ImportOptions = {
  given: {},
  probes: new Map(),
  limits: ARCHIVE_LIMITS,
  force: false,
  report() {},
};

/** The maps of a scenario by name, `before` first. */
export function mapsOf(name: string): [string, LinearMap][] {
  const folder = join(captures, name);
  const files = readdirSync(folder).filter((file) => /\.map\.json(\.gz)?$/.test(file));
  const maps = files.map((file): [string, LinearMap] => [
    file.slice(0, file.indexOf('.map.json')),
    readMap(join(folder, file)),
  ]);
  return maps.sort(([a], [b]) => Number(b === 'before') - Number(a === 'before'));
}

export function machineOf(name: string) {
  return readMachine(join(captures, name, '..', 'machine.json'));
}

/** iomem, the trace, and kernel_page_tables of every moment at which the map was read. */
export function sendTexts(name: string, folder: string): void {
  const machine = machineOf(name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'iomem.txt'), formatIomem(machine));
  copyFileSync(join(captures, name, 'trace.txt.gz'), join(folder, 'trace.txt.gz'));
  for (const [moment, map] of mapsOf(name)) {
    writeFileSync(join(folder, `kernel_page_tables.${moment}.txt`), formatPtdump(map, {}, machine.pageEnd));
  }
}

/** The archive of the capture script: tables as /proc/kcore gives them, before and after, and what /proc says. */
export function sendArchive(name: string, file: string, manifest = ''): void {
  const machine = machineOf(name);
  const entries: TarEntry[] = [
    { name: 'MANIFEST', data: `format=linmap.archive/1\nrelease=7.2.13-arm64\nlost=0\n${manifest}` },
    { name: 'system/', type: '5' },
    { name: 'system/iomem', data: formatIomem(machine) },
    { name: 'system/cmdline', data: `${machine.commandLine}\n` },
    { name: 'system/version', data: `${machine.kernel}\n` },
    ...(machine.midr === null
      ? []
      : [{ name: 'system/midr', data: `cpu0 0x${machine.midr.toString(16)}\n` }]),
    { name: 'log.txt', data: 'recorded\n' },
    ...mapsOf(name)
      .filter(([moment]) => moment === 'before' || moment === 'after')
      .map(([moment, map]) => ({
        name: `${moment}/tables.elf`,
        data: bytesOf(coreFile(map, { flavour: 'tables', vaBitsBuild: machine.vaBitsBuild })),
      })),
    { name: 'trace.txt', data: readTrace(name) },
  ];
  writeFileSync(
    file,
    gzipSync(tarFile(entries.map((entry) => ({ ...entry, name: `linmap-capture/${entry.name}` })))),
  );
}

/** What a replay of a folder finds, and how often it split, wrote and allocated. */
export function replayOf(folder: string) {
  const { snapshots, counters, trace } = replay(new Core(), readScenario(folder));
  return {
    snapshots: snapshots.map(({ name, equal, differenceCount }) => ({ name, equal, differenceCount })),
    counters,
    trace,
  };
}

/** Imports without options and replays what came of it. */
export async function importAndReplay(sent: string, out: string, options: Partial<ImportOptions> = {}) {
  const imported = await importCapture([{ path: sent, role: null }], out, { ...QUIET, ...options });
  return { imported, replayed: replayOf(out) };
}

function readTrace(name: string): Buffer {
  return readFileSync(join(captures, name, 'trace.txt.gz'));
}
