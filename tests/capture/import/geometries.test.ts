/** Machines of every granule and address width, as texts and as memory images. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Core } from '../../../src/core/core.js';
import { bootLinearMap } from '../../../src/kernel/boot.js';
import type { Machine } from '../../../src/machine/machine.js';
import { describeMachine } from '../../../src/machine/synthetic.js';
import { GRANULES, vaBitsOf } from '../../../src/machine/va-layout.js';
import { readMap as readCoreMap } from '../../../src/map/core-map.js';
import { bytesOf, coreFile } from '../image/core-file.js';
import { formatIomem } from '../texts/iomem-text.js';
import { formatPtdump } from '../texts/ptdump-text.js';
import { TrialImport } from './trial-import.js';

let trial: TrialImport;
beforeEach(() => {
  trial = new TrialImport();
});

const GIB = 2 ** 30;
const geometries = GRANULES.flatMap((granule) =>
  vaBitsOf(granule).flatMap((vaBits) => [true, false].map((bbml2) => ({ granule, vaBits, bbml2 }))),
);

function bootedMap(machine: Machine) {
  const core = new Core();
  bootLinearMap(core, machine, 'final');
  return readCoreMap(core);
}

describe.each(geometries)('$granule bytes, $vaBits bits, BBML2 $bbml2', ({ granule, vaBits, bbml2 }) => {
  const machine = describeMachine({ granule, vaBits, memory: 4 * GIB, base: 2 * GIB, bbml2, image: true });
  const map = bootedMap(machine);
  const named = { granule, vaBits, physOffset: machine.physOffset, memory: machine.memory, bbml2 };

  test('kernel_page_tables and iomem', async () => {
    trial.send('kernel_page_tables', formatPtdump(map, {}, machine.pageEnd));
    trial.send('iomem', formatIomem(machine));
    const imported = await trial.run([trial.sent]);
    expect(imported.machine).toMatchObject(named);
    expect(imported.maps.map(({ map: rebuilt }) => rebuilt)).toEqual([map]);
  });

  test('a memory image', async () => {
    const tables = coreFile(map, { flavour: 'tables', physOffset: machine.physOffset });
    const imported = await trial.run([trial.send('tables.elf', bytesOf(tables))]);
    expect(imported.machine).toMatchObject(named);
    expect(imported.maps.map(({ map: read }) => read)).toEqual([map]);
    expect(imported.facts.granule?.kind).toBe('read');
  });
});
