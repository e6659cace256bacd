import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMachine } from '../../../src/capture/import/machine-text.js';
import { deriveMachine } from '../../../src/capture/machine-facts/derive-machine.js';
import type { Evidence, Given } from '../../../src/capture/machine-facts/evidence.js';
import { mapFromPtdump } from '../../../src/capture/machine-facts/map-from-ptdump.js';
import { parseCpuinfo } from '../../../src/capture/texts/cpuinfo.js';
import { parseIomem } from '../../../src/capture/texts/iomem.js';
import { parseCommandLine } from '../../../src/capture/texts/kernel-command-line.js';
import { parseKernelConfig } from '../../../src/capture/texts/kernel-config.js';
import { parseKernelVersion } from '../../../src/capture/texts/kernel-version.js';
import { parseMemblock } from '../../../src/capture/texts/memblock.js';
import { parseMeminfo } from '../../../src/capture/texts/meminfo.js';
import { parseMidr } from '../../../src/capture/texts/midr.js';
import { parsePtdump } from '../../../src/capture/texts/ptdump.js';
import { parseVmallocinfo } from '../../../src/capture/texts/vmallocinfo.js';
import { Core } from '../../../src/core/core.js';
import { findInput, readText } from '../../../src/io/file.js';
import { InputError } from '../../../src/io/input-error.js';
import { bootLinearMap } from '../../../src/kernel/boot.js';
import { type Machine, parseMachine, readMachine } from '../../../src/machine/machine.js';
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

const captures = join(root, 'captures');
const core = new Core();
const REAL = '4k48-bbml2-ptdump';

const text = (name: string): [text: string, file: string] => {
  const file = findInput(join(captures, REAL, 'texts'), name);
  return [readText(file), name];
};
const iomem = parseIomem(...text('iomem.txt'));
const meminfo = parseMeminfo(...text('meminfo.txt'));
const cpuinfo = parseCpuinfo(...text('cpuinfo.txt'));
const vmallocinfo = parseVmallocinfo(...text('vmallocinfo.txt'));
const ptdump = parsePtdump(...text('kernel_page_tables.txt'));
const memblockMemory = parseMemblock(...text('memblock-memory.txt'));
const memblockReserved = parseMemblock(...text('memblock-reserved.txt'));

/** As it is written into a capture folder and read from there. */
function machineFrom(evidence: Evidence, given: Given = {}): Machine {
  return parseMachine(formatMachine(deriveMachine(evidence, given).description), 'machine.json');
}

describe('the texts of a real machine', () => {
  const real = readMachine(join(captures, REAL, 'machine.json'));
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
    expect(machineFrom(evidence)).toMatchObject(read);
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
    const machine = machineFrom({ iomem, meminfo }, { midr: 0xc00fac30 });
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
    expect(machineFrom({ iomem, meminfo }, { midr: 0x410fd842, rodata: 'off' })).toMatchObject({
      rodata: 'off',
      bbml2: true,
    });
    expect(machineFrom({ iomem, meminfo }, { rodata: 'on' })).toMatchObject({ rodata: 'on', bbml2: false });
    const given: Given = { granule: 65536, vaBits: 42, midr: 0x410fd0c1, kfence: 'late' };
    expect(machineFrom({ iomem }, given)).toMatchObject({
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
    const derived = machineFrom({ ptdumps: [dump], iomem: parseIomem(formatIomem(moved), 'iomem') });
    expect(derived).toMatchObject({ physOffset: moved.physOffset, memory: moved.memory, bbml2: false });
    expect(mapFromPtdump(dump, derived, core).map).toEqual(mapFromPtdump(dump, moved, core).map);
  });
});

describe('every shipped machine', () => {
  const machines = readdirSync(captures).filter(
    (name) => readdirSync(captures).includes(name) && /^\d+k/.test(name),
  );

  it.each(machines)('%s comes back from iomem, a dump, the command line and the CPU', (name) => {
    const machine = readMachine(findInput(join(captures, name), 'machine.json'));
    const map = readMap(findInput(join(captures, name), 'boot.map.json'));
    const derived = machineFrom({
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
    const derived = machineFrom({ maps: [{ file: 'boot.map.json', map }] }, { memory: machine.memory });
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
        const derived = machineFrom(evidence, given);
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
      const derived = machineFrom({ ptdumps: [dump], iomem });
      expect(derived).toMatchObject({ granule, vaBits, bbml2, lpa2: machine.lpa2, memory: machine.memory });
      const { startRodata, ...sections } = machine.image ?? {};
      expect(derived.image).toMatchObject(sections);
    }
  });
});

describe('memory', () => {
  const given: Given = { granule: 4096, vaBits: 48, rodata: 'on' };
  it('that is not mapped is an outermost "reserved", what drivers added is named', () => {
    const found = parseIomem(
      [
        '80000000-8fffffff : System RAM',
        '  80210000-81e8ffff : Kernel code',
        '  88000000-880fffff : reserved',
        '90000000-90003fff : reserved',
        '90004000-bfffffff : System RAM',
        '240000000-43fdfffff : Persistent Memory',
        '  240200000-43fdfffff : dax0.0',
        '    240200000-43fdfffff : System RAM (kmem)',
        '',
      ].join('\n'),
      'iomem',
    );
    const { description, warnings } = deriveMachine({ iomem: found }, given);
    expect(description.memory).toEqual([
      { start: 0x80000000, size: 0x10000000, flags: 'NONE' },
      { start: 0x90000000, size: 0x4000, flags: 'NOMAP' },
      { start: 0x90004000, size: 0x2fffc000, flags: 'NONE' },
      { start: 0x240200000, size: 0x1ffc00000, flags: 'NONE' },
    ]);
    expect(warnings.join('\n')).toMatch(/iomem:8: System RAM \(kmem\).*\n.*iomem:6: Persistent Memory/);
  });
});

describe('the CPU', () => {
  const bare: Evidence = { iomem, meminfo };
  it('is that of the boot, and all of them count', () => {
    const midr = parseMidr('cpu1 0x00000000410fd840\ncpu0 0x00000000410fd842\n', 'midr');
    expect(machineFrom({ ...bare, midr })).toMatchObject({
      midr: 0x410fd842,
      bbml2: true,
      bbml2AllCpus: false,
    });
  });

  it('does not count before 6.18', () => {
    const kernel = parseKernelVersion('6.12.48+deb13-arm64', 'version');
    expect(machineFrom({ ...bare, cpuinfo, kernel })).toMatchObject({ bbml2: false, midr: 0xc00fac30 });
  });

  it('gives way to what is mapped', () => {
    const midr = parseMidr('0x410fd0c1', 'midr');
    const { description, warnings } = deriveMachine({ ...bare, midr, ptdumps: [ptdump] }, {});
    expect(description).toMatchObject({ bbml2: true, bbml2AllCpus: true });
    expect(warnings).toHaveLength(1);
  });
});

describe('KFENCE', () => {
  it('has its early pool found by its guard pages', () => {
    const machine = describeMachine({
      granule: 4096,
      vaBits: 48,
      memory: 2 ** 30,
      bbml2: true,
      kfence: 'early',
    });
    bootLinearMap(core, machine, 'final');
    const pool = machine.kfence.pool ?? { start: 0, size: 0 };
    const { set, clear } = core.permission('invalid');
    const va = pool.start - machine.physOffset + machine.pageOffset;
    core.raw.changeMemory(va, 8192, set, clear);
    for (let page = 3; page < pool.size / 4096; page += 2)
      core.raw.changeMemory(va + page * 4096, 4096, set, clear);
    const evidence: Evidence = {
      iomem: parseIomem(formatIomem(machine), 'iomem'),
      ptdumps: [parsePtdump(formatPtdump(readCoreMap(core)), 'dump')],
      config: parseKernelConfig('CONFIG_KFENCE=y\nCONFIG_KFENCE_SAMPLE_INTERVAL=100\n', 'config'),
    };
    expect(machineFrom(evidence)).toMatchObject({ kfence: machine.kfence, bbml2: true });
    const off = parseCommandLine('kfence.sample_interval=0 quiet', 'cmdline');
    expect(machineFrom({ ...evidence, commandLine: off })).toMatchObject({
      kfence: { early: false, late: true, pool: null },
    });
  });
});

describe('geometry', () => {
  const at = (lines: string) => parseMeminfo(`MemTotal: 1 kB\nVmallocTotal: ${lines} kB\n`, 'meminfo');
  const memory = [{ start: 2 ** 31, size: 2 ** 30, noMap: false }];
  // From 7.2's layout; the last as a 5.4 kernel prints it.
  it.each([
    ['261087232', 4096, 39],
    ['68447887360', 16384, 47],
    ['137301581824', 65536, 48],
    ['135290290112', 4096, 48],
  ])('VmallocTotal %s kB is of granule %i with %i bits', (total, granule, vaBits) => {
    expect(machineFrom({ meminfo: at(total) }, { memory, rodata: 'on' })).toMatchObject({ granule, vaBits });
  });

  it('is not told by VmallocTotal where two configurations had the same, but for the bits of a granule', () => {
    const evidence: Evidence = { meminfo: at('133141626880') };
    expect(() => deriveMachine(evidence, { memory, rodata: 'on' })).toThrow('expected --granule');
    expect(machineFrom(evidence, { memory, rodata: 'on', granule: 4096 })).toMatchObject({ vaBits: 48 });
  });

  it('of a kernel built for 52 bits takes an address, or a person, to tell', () => {
    const evidence: Evidence = { meminfo: at('70863806464') };
    const given: Given = { memory, rodata: 'on' };
    expect(() => deriveMachine(evidence, given)).toThrow('expected --va-bits');
    const linear = (address: number) => ({ linearAddresses: { file: 'trace.txt', addresses: [address] } });
    expect(machineFrom({ ...evidence, ...linear(-(2 ** 52) + 2 ** 30) }, given)).toMatchObject({
      vaBits: 52,
      lpa2: true,
    });
    expect(machineFrom({ ...evidence, ...linear(-(2 ** 48) + 2 ** 30) }, given)).toMatchObject({
      vaBits: 48,
      vaBitsBuild: 52,
      lpa2: false,
    });
  });

  it('is in the configuration and in the name of the release', () => {
    const config = parseKernelConfig('CONFIG_ARM64_16K_PAGES=y\nCONFIG_ARM64_VA_BITS=47\n', 'config');
    expect(machineFrom({ config }, { memory, rodata: 'on' })).toMatchObject({ granule: 16384, vaBits: 47 });
    const kernel = parseKernelVersion('Linux host 5.14.0-570.el9.aarch64+64k #1 SMP aarch64', 'version');
    expect(machineFrom({ kernel }, { memory, rodata: 'on', vaBits: 52 })).toMatchObject({ granule: 65536 });
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
