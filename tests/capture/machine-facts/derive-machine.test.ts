/** Whole machines out of what they show: real ones, shipped ones, any. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveMachine } from '../../../src/capture/machine-facts/derive-machine.js';
import type { Evidence, Given } from '../../../src/capture/machine-facts/evidence.js';
import { mapFromPtdump } from '../../../src/capture/machine-facts/map-from-ptdump.js';
import { parseCpuinfo } from '../../../src/capture/texts/cpuinfo.js';
import { parseIomem } from '../../../src/capture/texts/iomem.js';
import { parseCommandLine } from '../../../src/capture/texts/kernel-command-line.js';
import { parseKernelConfig } from '../../../src/capture/texts/kernel-config.js';
import { parseKernelVersion } from '../../../src/capture/texts/kernel-version.js';
import { parsePtdump } from '../../../src/capture/texts/ptdump.js';
import { Core } from '../../../src/core/core.js';
import { findInput } from '../../../src/io/file.js';
import { InputError } from '../../../src/io/input-error.js';
import { bootLinearMap } from '../../../src/kernel/boot.js';
import { type Machine, readMachine } from '../../../src/machine/machine.js';
import { describeMachine } from '../../../src/machine/synthetic.js';
import { compareMaps } from '../../../src/map/compare.js';
import { readMap as readCoreMap } from '../../../src/map/core-map.js';
import { readMap } from '../../../src/map/map-file.js';
import { root } from '../../cli/linmap.js';
import { bootCore, machineOf } from '../../core/boot-core.js';
import { runs } from '../../core/runs.js';
import { CONFIGURATIONS, sampleMachine } from '../../core/sample-machines.js';
import { formatIomem } from '../texts/iomem-text.js';
import { formatPtdump } from '../texts/ptdump-text.js';
import { derivedMachine } from './derived-machine.js';
import {
  cpuinfo,
  iomem,
  memblockMemory,
  memblockReserved,
  meminfo,
  ptdump,
  REAL_MACHINE,
  vmallocinfo,
} from './real-texts.js';

const captures = join(root, 'captures');
const core = new Core();

describe('the texts of a real machine', () => {
  const real = readMachine(join(REAL_MACHINE, 'machine.json'));
  const evidence: Evidence = {
    iomem,
    meminfo,
    cpuinfo,
    vmallocinfo,
    ptdumps: [ptdump],
    memblockMemory,
    memblockReserved,
    commandLine: parseCommandLine(real.commandLine, 'cmdline'),
    kernel: parseKernelVersion(real.kernel, 'version'),
  };

  it('describe it as its own tables and variables do', () => {
    const { name, source, linearMapRequiresBbml2, kfence, ...read } = real;
    expect(derivedMachine(evidence)).toMatchObject(read);
  });

  it('say which facts they are read from', () => {
    const { facts, warnings } = deriveMachine(evidence, {});
    expect(warnings).toEqual([]);
    expect(facts).toMatchObject({
      granule: { kind: 'derived', from: 'kernel_page_tables.txt: sizes of its ranges' },
      memory: { kind: 'read', from: 'memblock-memory.txt' },
      midr: { kind: 'read', from: 'cpuinfo.txt: CPU 0' },
      bbml2AllCpus: { kind: 'derived' },
      'image.text': { kind: 'read', from: 'iomem.txt: Kernel code' },
      'image.stext': { kind: 'derived' },
      'image.startRodata': { kind: 'read', from: "vmallocinfo.txt: the image's areas" },
      'image.bssStop': { kind: 'derived', from: "kernel_page_tables.txt: end of the data's read-only alias" },
      kfenceObjects: { kind: 'assumed' },
      memTotalKiB: { kind: 'read', from: 'meminfo.txt: MemTotal' },
    });
  });

  it('give all but bss, startRodata and the CPU from iomem and meminfo', () => {
    const machine = derivedMachine({ iomem, meminfo }, { midr: 0xc00fac30 });
    expect(machine).toMatchObject({
      granule: 4096,
      vaBits: 48,
      vaBitsBuild: 48,
      physOffset: real.physOffset,
      memory: real.memory,
      rodata: 'full',
      bbml2: true,
    });
    const { startRodata, bssStop, ...image } = real.image ?? {};
    expect(machine.image).toMatchObject(image);
    expect(Math.abs((machine.image?.bssStop ?? 0) - (real.image?.bssStop ?? 0))).toBeLessThanOrEqual(65536);
    bootLinearMap(core, machine, 'final');
    const built = readCoreMap(core);
    bootLinearMap(core, real, 'final');
    // What lies between the bss that was assumed and the one that there is: 32 KiB.
    expect(compareMaps(readCoreMap(core), built).differenceCount).toBe(16);
  });

  it('are asked for what they lack, by the name of the option', () => {
    const asks = (found: Evidence, given: Given, option: string): void => {
      expect(() => deriveMachine(found, given)).toThrow(InputError);
      expect(() => deriveMachine(found, given)).toThrow(`expected --${option}`);
    };
    asks({ iomem }, {}, 'granule');
    asks({ iomem }, { granule: 4096 }, 'va-bits');
    asks({ iomem }, { granule: 4096, vaBits: 48 }, 'midr');
    expect(() => deriveMachine({ meminfo }, {})).toThrow('expected iomem, memblock/memory or --memory');
    const early = parseKernelConfig('CONFIG_KFENCE=y\nCONFIG_KFENCE_SAMPLE_INTERVAL=100\n', 'config');
    asks({ iomem, meminfo, cpuinfo, config: early }, {}, 'kfence-pool');
  });

  it('follow what is given', () => {
    expect(derivedMachine({ iomem, meminfo }, { midr: 0x410fd842, rodata: 'off' })).toMatchObject({
      rodata: 'off',
      bbml2: true,
    });
    expect(derivedMachine({ iomem, meminfo }, { rodata: 'on' })).toMatchObject({
      rodata: 'on',
      bbml2: false,
    });
    const given: Given = { granule: 65536, vaBits: 42, midr: 0x410fd0c1, kfence: 'late' };
    expect(derivedMachine({ iomem }, given)).toMatchObject({
      granule: 65536,
      vaBits: 42,
      bbml2: false,
      kfence: { late: true, objects: 255 },
    });
  });
});

describe('a dump alone', () => {
  it('tells all but where memory is', () => {
    const { description, warnings, facts } = deriveMachine({ ptdumps: [ptdump] }, {});
    expect(description).toMatchObject({
      granule: 4096,
      vaBits: 48,
      physOffset: 0,
      bbml2: true,
      rodataFull: true,
    });
    expect(description.memory).toEqual([{ start: 0, size: 2 ** 31, flags: 'NONE' }]);
    expect(facts.physOffset?.kind).toBe('assumed');
    expect(warnings.join()).toContain('--phys-offset');
  });

  it('of a kernel that moved memory at random shows by how much', () => {
    const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 2 ** 31, base: 2 ** 30 });
    const moved = { ...machine, physOffset: 2 ** 30 - 37 * 2 ** 30 };
    bootLinearMap(core, moved, 'final');
    const dump = parsePtdump(formatPtdump(readCoreMap(core)), 'dump');
    const derived = derivedMachine({ ptdumps: [dump], iomem: parseIomem(formatIomem(moved), 'iomem') });
    expect(derived).toMatchObject({ physOffset: moved.physOffset, memory: moved.memory, bbml2: false });
    expect(mapFromPtdump(dump, derived, core).map).toEqual(mapFromPtdump(dump, moved, core).map);
  });
});

describe('every shipped machine', () => {
  const machines = readdirSync(captures).filter((name) => /^\d+k/.test(name));

  it.each(machines)('%s comes back from iomem, a dump, the command line and the CPU', (name) => {
    const machine = readMachine(findInput(join(captures, name), 'machine.json'));
    const map = readMap(findInput(join(captures, name), 'boot.map.json'));
    const derived = derivedMachine({
      iomem: parseIomem(formatIomem(machine), 'iomem'),
      ptdumps: [parsePtdump(formatPtdump(map), 'dump')],
      commandLine: parseCommandLine(machine.commandLine, 'cmdline'),
      kernel: parseKernelVersion(machine.kernel, 'version'),
      cpuinfo: cpuinfoOf(machine),
    });
    expect(derived).toMatchObject(shown(machine));
    const { map: rebuilt } = mapFromPtdump(parsePtdump(formatPtdump(map), 'dump'), derived, core);
    expect(compareMaps(map, rebuilt)).toEqual({ differenceCount: 0, differences: [] });
  });

  it.each(machines)('%s comes back from its map alone, where memory is given', (name) => {
    const machine = readMachine(findInput(join(captures, name), 'machine.json'));
    const map = readMap(findInput(join(captures, name), 'boot.map.json'));
    const derived = derivedMachine({ maps: [{ file: 'boot.map.json', map }] }, { memory: machine.memory });
    const { midr, commandLine, kernel, ...rest } = shown(machine);
    expect(derived).toMatchObject(rest);
  });
});

describe('any machine', () => {
  it('has its memory, image and geometry back from iomem and a dump', () => {
    const sample = sampleMachine({ realm: false, bti: false, bbml2AllCpus: true });
    fc.assert(
      fc.property(sample, (model) => {
        bootCore(core, model);
        const map = readCoreMap(core);
        fc.pre(map.leaves.length > 0);
        // Nothing but the top of 52 bits of 64K looks like a CPU that has no more than 48.
        fc.pre(map.granule !== 65536 || map.vaBits !== 52 || (map.leaves[0]?.va ?? 0) < -(2 ** 48));
        const machine = machineOf(model);
        const evidence: Evidence = {
          iomem: parseIomem(formatIomem(machine), 'iomem'),
          ptdumps: [parsePtdump(formatPtdump(map), 'dump')],
        };
        const { granule, vaBits } = machine;
        const given: Given = {
          granule,
          physOffset: machine.physOffset,
          rodata: machine.rodata,
          kfence: 'off',
        };
        const derived = derivedMachine(evidence, given);
        expect(derived).toMatchObject({ vaBits, memory: machine.memory, nonGlobal: machine.nonGlobal });
        const { map: rebuilt } = mapFromPtdump(parsePtdump(formatPtdump(map), 'dump'), derived, core);
        expect(rebuilt.leaves).toEqual(map.leaves);
      }),
      { numRuns: runs(150) },
    );
  });
});

describe('the dump of a machine with an image', () => {
  it.each(CONFIGURATIONS)('of granule %i with %i bits tells both', (granule, vaBits) => {
    for (const bbml2 of [true, false]) {
      const sizes = { memory: 5 * 2 ** 29, base: 2 ** 31 };
      const machine = describeMachine({ granule, vaBits, ...sizes, bbml2, image: true, kfence: 'late' });
      bootLinearMap(core, machine, 'final');
      const dump = parsePtdump(formatPtdump(readCoreMap(core)), 'dump');
      const iomem = parseIomem(formatIomem(machine), 'iomem');
      const derived = derivedMachine({ ptdumps: [dump], iomem });
      expect(derived).toMatchObject({ granule, vaBits, bbml2, lpa2: machine.lpa2, memory: machine.memory });
      const { startRodata, ...sections } = machine.image ?? {};
      expect(derived.image).toMatchObject(sections);
    }
  });
});

/** What iomem, a dump, the command line and the CPU show of a machine. */
function shown(machine: Machine): Partial<Machine> {
  const { granule, vaBits, lpa2, nonGlobal, pageOffset, pageEnd, physOffset, bbml2, midr } = machine;
  const { rodata, memory, image, kernel, commandLine, bbml2AllCpus } = machine;
  const { startRodata, ...sections } = image ?? {};
  return {
    ...{ granule, vaBits, lpa2, nonGlobal, pageOffset, pageEnd, physOffset, bbml2 },
    midr: midr ?? UNLISTED,
    ...{ rodata, memory, kernel, commandLine, bbml2AllCpus },
    image: sections as Machine['image'],
  };
}

/** The asymmetric machine's list was edited in memory: its second CPU is none that is on it. */
function cpuinfoOf({ midr, bbml2, bbml2AllCpus }: Machine) {
  if (midr === null) return parseCpuinfo(cpuinfoText([UNLISTED]), 'cpuinfo');
  return parseCpuinfo(cpuinfoText([midr, bbml2 && !bbml2AllCpus ? UNLISTED : midr]), 'cpuinfo');
}

/** A Neoverse-N1. */
const UNLISTED = 0x410fd0c1;

function cpuinfoText(ids: readonly number[]): string {
  const cpu = (n: number, id: number): string =>
    [
      `processor\t: ${n}`,
      `CPU implementer\t: 0x${(id >>> 24).toString(16)}`,
      'CPU architecture: 8',
      `CPU variant\t: 0x${((id >>> 20) & 15).toString(16)}`,
      `CPU part\t: 0x${((id >>> 4) & 0xfff).toString(16)}`,
      `CPU revision\t: ${id & 15}`,
      '',
    ].join('\n');
  return ids.map((id, n) => cpu(n, id)).join('\n');
}
