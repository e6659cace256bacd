import { describe, expect, test } from 'vitest';
import { bbml2Core, repeatTlbiCore } from '../../src/machine/cpu.js';

describe('BBML2_NOABORT by MIDR', () => {
  test.each([
    [0x410fd820, null],
    [0x410fd822, null],
    [0x410fd823, 'Cortex-X4'],
    [0x410fd82f, 'Cortex-X4'],
    [0x411fd823, null],
    [0x410fd841, null],
    [0x410fd842, 'Neoverse-V3'],
    [0x410fd831, null],
    [0x410fd832, 'Neoverse-V3AE'],
    [0x4e0f0100, 'NVIDIA Olympus'],
    [0x4e1f0103, 'NVIDIA Olympus'],
    [0xc00fac30, 'AmpereOne'],
    [0xc01fac31, 'AmpereOne'],
    [0xc00fac40, 'AmpereOne A'],
    [0xc00eac30, null],
    [0x410fac30, null],
    [0x410fd4f0, null],
    [0, null],
  ])('%i', (midr, name) => {
    expect(bbml2Core(midr)).toBe(name);
  });
});

describe('REPEAT_TLBI by MIDR', () => {
  test.each([
    [0x410fd840, 'Neoverse-V3'],
    [0x411fd823, 'Cortex-X4'],
    [0x410fd4f0, 'Neoverse-V2'],
    [0x410fd490, 'Neoverse-N2'],
    [0x6d0fd490, 'Azure Cobalt 100'],
    [0x4e0f0100, 'NVIDIA Olympus'],
    [0x510f8000, 'Falkor v1'],
    [0x511f8000, null],
    [0x510f2051, 'Kryo'],
    [0x511f2112, 'Kryo'],
    [0xc00fac30, null],
    [0xc00fac40, null],
    [0x410fd8e0, null],
  ])('%i', (midr, name) => {
    expect(repeatTlbiCore(midr)).toBe(name);
  });

  test('of the BBML2 list, only AmpereOne is free of it', () => {
    const list = [0x410fd823, 0x410fd842, 0x410fd832, 0x4e0f0100, 0xc00fac30, 0xc00fac40];
    const free = list.filter((midr) => repeatTlbiCore(midr) === null).map(bbml2Core);
    expect(free).toEqual(['AmpereOne', 'AmpereOne A']);
  });
});
