/** From the machine to the check: the script itself records a machine made of files, and its archive is replayed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../scratch-folder.js';
import { coreFile, writeCoreFile } from '../image/core-file.js';
import { FakeMachine } from '../script/fake-machine.js';
import { formatIomem } from '../texts/iomem-text.js';
import { eventsOf } from './other-traces.js';
import { captures, importAndReplay, machineOf, mapsOf, replayOf } from './sent-files.js';

const NAME = '4k-bbml2/load-small';

test('an archive of the capture script replays, and is checked, as the machine itself was', async () => {
  const scratch = scratchFolder();
  const { vaBitsBuild, commandLine } = machineOf(NAME);
  const midr = '0x00000000c00fac30\n';
  const fake = new FakeMachine({
    files: {
      'sys/devices/system/cpu/cpu10/regs/identification/midr_el1': midr,
      'sys/kernel/debug/memblock/memory': null,
      'sys/kernel/debug/memblock/reserved': null,
      'sys/kernel/debug/kernel_page_tables': null,
      'proc/iomem': formatIomem(machineOf(NAME)),
      'proc/cmdline': `${commandLine}\n`,
    },
  });
  const kcore = join(fake.root, 'proc/kcore');
  const later = join(scratch, 'kcore');
  const [[, before], [, after]] = mapsOf(NAME) as [[string, never], [string, never]];
  writeCoreFile(kcore, coreFile(before, { flavour: 'kcore', vaBitsBuild }));
  writeCoreFile(later, coreFile(after, { flavour: 'kcore', vaBitsBuild }));
  const events = join(scratch, 'events');
  writeFileSync(
    events,
    eventsOf(NAME)
      .map(({ name, site, words }) => `raw ${name}: (${site}) ${words}\n`)
      .join(''),
  );

  const markers = '"$LINMAP_ROOT"/sys/kernel/tracing/instances/linmap_*/trace_marker';
  const command = `for t in ${markers}; do cat ${events} >$t; done; mv ${later} ${kcore}`;
  const archive = fake.capture(['sh'], '--', 'sh', '-c', command);
  expect(archive.value('lost')).toBe('0');

  const { imported, replayed } = await importAndReplay(fake.archivePath, join(scratch, 'out'));
  expect(imported.maps.map(({ role, origin, assumed }) => [role, origin, assumed])).toEqual([
    ['before', 'read', []],
    ['after', 'read', []],
  ]);
  expect(imported.limits).toEqual([]);
  expect(replayed.snapshots).toEqual([{ name: 'after', equal: true, differenceCount: 0 }]);
  expect(replayed.counters).toEqual(replayOf(join(captures, NAME)).counters);
  expect(readFileSync(join(scratch, 'out/trace.txt'), 'utf8')).toContain(
    'tracing_mark_write: SNAP_after_DONE',
  );
});
