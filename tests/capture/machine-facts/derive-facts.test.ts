/** Single facts of a machine: what tells them, and what goes before what. */
import { describe, expect, it } from 'vitest';
import { deriveMachine } from '../../../src/capture/machine-facts/derive-machine.js';
import type { Evidence, Given } from '../../../src/capture/machine-facts/evidence.js';
import { parseIomem } from '../../../src/capture/texts/iomem.js';
import { parseCommandLine } from '../../../src/capture/texts/kernel-command-line.js';
import { parseKernelConfig } from '../../../src/capture/texts/kernel-config.js';
import { parseKernelVersion } from '../../../src/capture/texts/kernel-version.js';
import { parseMeminfo } from '../../../src/capture/texts/meminfo.js';
import { parseMidr } from '../../../src/capture/texts/midr.js';
import { parsePtdump } from '../../../src/capture/texts/ptdump.js';
import { Core } from '../../../src/core/core.js';
import { bootLinearMap } from '../../../src/kernel/boot.js';
import { describeMachine } from '../../../src/machine/synthetic.js';
import { readMap as readCoreMap } from '../../../src/map/core-map.js';
import { formatIomem } from '../texts/iomem-text.js';
import { formatPtdump } from '../texts/ptdump-text.js';
import { derivedMachine } from './derived-machine.js';
import { cpuinfo, iomem, meminfo, ptdump } from './real-texts.js';

const core = new Core();

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
    expect(derivedMachine({ ...bare, midr })).toMatchObject({
      midr: 0x410fd842,
      bbml2: true,
      bbml2AllCpus: false,
    });
  });

  it('does not count before 6.18', () => {
    const kernel = parseKernelVersion('6.12.48+deb13-arm64', 'version');
    expect(derivedMachine({ ...bare, cpuinfo, kernel })).toMatchObject({ bbml2: false, midr: 0xc00fac30 });
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
    expect(derivedMachine(evidence)).toMatchObject({ kfence: machine.kfence, bbml2: true });
    const off = parseCommandLine('kfence.sample_interval=0 quiet', 'cmdline');
    expect(derivedMachine({ ...evidence, commandLine: off })).toMatchObject({
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
    expect(derivedMachine({ meminfo: at(total) }, { memory, rodata: 'on' })).toMatchObject({
      granule,
      vaBits,
    });
  });

  it('is not told by VmallocTotal where two configurations had the same, but for the bits of a granule', () => {
    const evidence: Evidence = { meminfo: at('133141626880') };
    expect(() => deriveMachine(evidence, { memory, rodata: 'on' })).toThrow('expected --granule');
    expect(derivedMachine(evidence, { memory, rodata: 'on', granule: 4096 })).toMatchObject({ vaBits: 48 });
  });

  it('of a kernel built for 52 bits takes an address, or a person, to tell', () => {
    const evidence: Evidence = { meminfo: at('70863806464') };
    const given: Given = { memory, rodata: 'on' };
    expect(() => deriveMachine(evidence, given)).toThrow('expected --va-bits');
    const linear = (address: number) => ({ linearAddresses: { file: 'trace.txt', addresses: [address] } });
    expect(derivedMachine({ ...evidence, ...linear(-(2 ** 52) + 2 ** 30) }, given)).toMatchObject({
      vaBits: 52,
      lpa2: true,
    });
    expect(derivedMachine({ ...evidence, ...linear(-(2 ** 48) + 2 ** 30) }, given)).toMatchObject({
      vaBits: 48,
      vaBitsBuild: 52,
      lpa2: false,
    });
  });

  it('is in the configuration and in the name of the release', () => {
    const config = parseKernelConfig('CONFIG_ARM64_16K_PAGES=y\nCONFIG_ARM64_VA_BITS=47\n', 'config');
    expect(derivedMachine({ config }, { memory, rodata: 'on' })).toMatchObject({
      granule: 16384,
      vaBits: 47,
    });
    const kernel = parseKernelVersion('Linux host 5.14.0-570.el9.aarch64+64k #1 SMP aarch64', 'version');
    expect(derivedMachine({ kernel }, { memory, rodata: 'on', vaBits: 52 })).toMatchObject({
      granule: 65536,
    });
  });
});
