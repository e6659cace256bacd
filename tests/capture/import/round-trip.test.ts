/** Shipped captures, rendered as what a person would send, imported, and replayed like the captures themselves. */
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findScenarios } from '../../../src/capture/scenario.js';
import { readMap } from '../../../src/map/map-file.js';
import { scratchFolder } from '../../scratch-folder.js';
import { coreFile, writeCoreFile } from '../image/core-file.js';
import { asPerfScript, asTraceCmd } from './other-traces.js';
import {
  captures,
  importAndReplay,
  machineOf,
  mapsOf,
  replayOf,
  sendArchive,
  sendTexts,
} from './sent-files.js';

const shipped = findScenarios(captures).map((folder) => relative(captures, folder));

const MOMENTS = ['before', 'held', 'after'];

let scratch: string;
let out: string;
beforeEach(() => {
  scratch = scratchFolder();
  out = join(scratch, 'out');
});

const mapIn = (folder: string, name: string) => {
  const file = readdirSync(folder).find((one) => one.startsWith(`${name}.map.json`));
  return readMap(join(folder, file ?? `${name}.map.json`));
};

describe.each(shipped)('%s', (name) => {
  test('as iomem, trace and kernel_page_tables', async () => {
    const sent = join(scratch, 'sent');
    sendTexts(name, sent);
    const { imported, replayed } = await importAndReplay(sent, out);
    expect(imported.warnings).toEqual([]);
    for (const [moment, map] of mapsOf(name)) expect(mapIn(out, moment), moment).toEqual(map);
    expect(replayed).toEqual(replayOf(join(captures, name)));
    expect(replayed.snapshots).toContainEqual({ name: 'after', equal: true, differenceCount: 0 });
    const { granule, vaBits, physOffset, memory, bbml2, bbml2AllCpus, rodata } = machineOf(name);
    expect(imported.machine).toMatchObject({
      granule,
      vaBits,
      physOffset,
      memory,
      bbml2,
      bbml2AllCpus,
      rodata,
    });
    expect(imported.facts.granule?.kind).toBe('derived');
  });

  test('as the archive of the capture script', async () => {
    const sent = join(scratch, 'capture.tar.gz');
    sendArchive(name, sent);
    const { imported, replayed } = await importAndReplay(sent, out);
    expect(imported.maps.map(({ role, origin }) => [role, origin])).toEqual([
      ['before', 'read'],
      ['after', 'read'],
    ]);
    for (const moment of ['before', 'after']) {
      const expected = mapsOf(name).find(([one]) => one === moment)?.[1];
      expect(mapIn(out, moment), moment).toEqual(expected);
    }
    expect(replayed.snapshots).toEqual([{ name: 'after', equal: true, differenceCount: 0 }]);
    const original = replayOf(join(captures, name));
    expect(replayed.trace).toEqual(original.trace);
  });

  test.each([
    ['perf script', 'perf-script', asPerfScript],
    ['trace-cmd report', 'trace-cmd', asTraceCmd],
  ] as const)('with the trace as %s', async (_, format, write) => {
    const sent = join(scratch, 'sent');
    sendTexts(name, sent);
    rmSync(join(sent, 'trace.txt.gz'));
    writeFileSync(join(sent, 'events.txt'), write(name));
    const { imported, replayed } = await importAndReplay(sent, out);
    expect(imported.trace?.format).toBe(format);
    expect(replayed.snapshots).toEqual([{ name: 'after', equal: true, differenceCount: 0 }]);
    expect(replayed.counters).toEqual(replayOf(join(captures, name)).counters);
  });
});

// What the kernel itself printed, in place of what is rendered from the maps.
test.each(['4k48-bbml2-ptdump/load-small', '64k48-bbml2/secretmem'])(
  '%s: texts of the kernel',
  async (name) => {
    const sent = join(scratch, 'sent');
    sendTexts(name, sent);
    for (const [moment] of mapsOf(name)) rmSync(join(sent, `kernel_page_tables.${moment}.txt`));
    cpSync(join(captures, name, 'texts'), join(sent, 'texts'), { recursive: true });
    const { imported, replayed } = await importAndReplay(sent, out);
    expect(imported.maps.map(({ role, origin }) => [role, origin])).toEqual(
      mapsOf(name)
        .map(([moment]) => [moment, 'rebuilt'])
        .sort(([a = ''], [b = '']) => MOMENTS.indexOf(a) - MOMENTS.indexOf(b)),
    );
    for (const [moment, map] of mapsOf(name)) expect(mapIn(out, moment), moment).toEqual(map);
    expect(replayed).toEqual(replayOf(join(captures, name)));
  },
);

// Images say all of the machine that a replay needs; kdump's and QEMU's are laid out otherwise than /proc/kcore.
test.each([
  ['4k-bbml2/load-small', 'vmcore'],
  ['16k-bbml2/load-small', 'qemu'],
  ['64k48-bbml2/secretmem', 'qemu-paging'],
  ['4k-pages/secretmem', 'kcore'],
] as const)('%s as memory images (%s) and a trace, nothing else', async (name, flavour) => {
  const sent = join(scratch, 'sent');
  mkdirSync(sent);
  copyFileSync(join(captures, name, 'trace.txt.gz'), join(sent, 'trace.gz'));
  const { vaBitsBuild } = machineOf(name);
  for (const [moment, map] of mapsOf(name)) {
    writeCoreFile(join(sent, `${moment}.core`), coreFile(map, { flavour, vaBitsBuild }));
  }
  const { imported, replayed } = await importAndReplay(sent, out);
  expect(imported.maps.every(({ origin, assumed }) => origin === 'read' && assumed.length === 0)).toBe(true);
  for (const [moment, map] of mapsOf(name)) expect(mapIn(out, moment), moment).toEqual(map);
  expect(replayed).toEqual(replayOf(join(captures, name)));
});
