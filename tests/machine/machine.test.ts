import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../src/io/address.js';
import { readText } from '../../src/io/file.js';
import { InputError } from '../../src/io/input-error.js';
import { parseMachine, readMachine } from '../../src/machine/machine.js';
import { capturedFile, capturedFiles } from '../map/captured-files.js';

const machines = capturedFiles(/(^|\/)machine\.json$/);

/** A machine with one value a line. `change` replaces or, with undefined, removes keys. */
function describing(change: Record<string, unknown> = {}): string {
  const keys = {
    schema: 'linmap.machine/1',
    granule: 4096,
    vaBits: 48,
    memory: [{ start: '0x40000000', size: '2G' }],
    ...change,
  };
  return JSON.stringify(keys, null, 1);
}

const machineOf = (change: Record<string, unknown>) => parseMachine(describing(change), 'm.json');

function refusal(text: string): string {
  try {
    parseMachine(text, 'm.json');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('there are captured machines', () => {
  expect(machines.length).toBeGreaterThanOrEqual(9);
});

describe.each(machines)('%s', (path) => {
  const raw = JSON.parse(readText(capturedFile(path)));
  const machine = readMachine(capturedFile(path));

  test('is read as written', () => {
    const { name, kernel, commandLine, source, granule, vaBits, vaBitsBuild, lpa2, nonGlobal } = machine;
    const identity = { name, kernel, commandLine, source, granule, vaBits, vaBitsBuild, lpa2, nonGlobal };
    expect(raw).toMatchObject(identity);
    const { bbml2, bbml2AllCpus, linearMapRequiresBbml2, memTotalKiB } = machine;
    expect(raw).toMatchObject({ bbml2, bbml2AllCpus, linearMapRequiresBbml2, memTotalKiB });
    expect(formatAddress(machine.pageOffset)).toBe(raw.pageOffset);
    expect(formatAddress(machine.pageEnd)).toBe(raw.pageEnd);
    expect(formatAddress(machine.physOffset)).toBe(raw.physOffset);
    expect(machine.midr === null ? null : formatAddress(machine.midr)).toBe(raw.midr);
    expect(machine.kfence).toEqual({ early: false, late: true, objects: 255, pool: null });
    expect(machine.rodata).toBe('full');
    const memory = machine.memory.map(({ start, size }) => ({
      start: formatAddress(start),
      size: formatAddress(size),
      flags: 'NONE',
    }));
    expect(memory).toEqual(raw.memory);
    const image = Object.entries(machine.image ?? {}).map(([key, pa]) => [key, formatAddress(pa)]);
    expect(Object.fromEntries(image)).toEqual(raw.image);
  });

  test('agrees with what the kernel would have computed', () => {
    const derived = ['vaBitsBuild', 'pageOffset', 'pageEnd', 'physOffset', 'lpa2', 'bbml2', 'rodataFull'];
    const rest = Object.entries(raw).filter(([key]) => !derived.includes(key));
    const { vaBitsBuild, ...complete } = machine;
    expect(parseMachine(JSON.stringify(Object.fromEntries(rest)), path)).toMatchObject(complete);
  });
});

test('a hand-written machine needs its geometry and its memory', () => {
  expect(machineOf({})).toEqual({
    name: '',
    kernel: '',
    commandLine: '',
    granule: 4096,
    vaBits: 48,
    vaBitsBuild: 48,
    lpa2: false,
    nonGlobal: false,
    pageOffset: -(2 ** 48),
    pageEnd: -(2 ** 47),
    physOffset: 0x40000000,
    rodata: 'full',
    bbml2: false,
    bbml2AllCpus: false,
    midr: null,
    linearMapRequiresBbml2: null,
    kfence: { early: false, late: false, objects: 0, pool: null },
    memory: [{ start: 0x40000000, size: 2 ** 31, noMap: false }],
    image: null,
    debugPagealloc: false,
    memTotalKiB: null,
  });
});

describe('what is left out follows from what is there', () => {
  test('rodata, from the kernel variable and the command line', () => {
    const rodata = (change: Record<string, unknown>) => machineOf({ kernel: '7.2.13', ...change }).rodata;
    expect(rodata({ rodataFull: true, commandLine: 'rodata=full' })).toBe('full');
    expect(rodata({ rodataFull: false, commandLine: 'rodata=noalias' })).toBe('on');
    expect(rodata({ rodataFull: false, commandLine: 'rodata=off' })).toBe('off');
    expect(rodata({ rodataFull: false })).toBe('on');
    expect(rodata({ commandLine: 'rodata=on' })).toBe('full');
    expect(rodata({ kernel: '6.12.0', commandLine: 'rodata=on' })).toBe('on');
    expect(rodata({ kernel: '6.12.0', rodataFull: false, commandLine: 'rodata=off' })).toBe('off');
  });

  test('BBML2, from the MIDR', () => {
    expect(machineOf({ midr: '0xc00fac30' })).toMatchObject({ bbml2: true, bbml2AllCpus: true });
    expect(machineOf({ midr: '0x410fd4f0' })).toMatchObject({ bbml2: false, bbml2AllCpus: false });
    expect(machineOf({ midr: '0xc00fac30', bbml2: false })).toMatchObject({
      bbml2: false,
      bbml2AllCpus: false,
    });
    expect(machineOf({ bbml2: true, bbml2AllCpus: false })).toMatchObject({
      bbml2: true,
      bbml2AllCpus: false,
    });
  });

  test('DEBUG_PAGEALLOC, from the command line', () => {
    expect(machineOf({ commandLine: 'debug_pagealloc=on' }).debugPagealloc).toBe(true);
    expect(machineOf({ commandLine: 'debug_pagealloc=on', debugPagealloc: false }).debugPagealloc).toBe(
      false,
    );
  });

  test('KFENCE, from any of its fields', () => {
    const pool = { start: '0x80000000', size: '2M' };
    expect(machineOf({ kfencePool: pool }).kfence).toEqual({
      early: true,
      late: false,
      objects: 255,
      pool: { start: 0x80000000, size: 2 ** 21 },
    });
    expect(machineOf({ kfenceEarlyInit: false }).kfence).toMatchObject({ late: true, objects: 255 });
    expect(machineOf({ kfenceObjects: 63 }).kfence).toMatchObject({ early: false, late: true, objects: 63 });
    expect(machineOf({ kfenceObjects: 0, kfenceEarlyInit: false }).kfence).toMatchObject({ late: false });
    expect(machineOf({ kfenceObjects: null, kfenceEarlyInit: null }).kfence).toMatchObject({ late: false });
  });

  test('banks in order, NOMAP ones marked, bss to a whole page', () => {
    const machine = machineOf({
      granule: 65536,
      memory: [
        { start: '0x60000000', size: '512M', flags: 'HOTPLUG|NOMAP' },
        { start: '0x40000000', size: '512M', flags: 'NONE' },
      ],
      image: {
        text: '0x40200000',
        stext: '0x40210000',
        startRodata: '0x41000000',
        initBegin: '0x42000000',
        initEnd: '0x43000000',
        bssStop: '0x43168001',
      },
    });
    expect(machine.memory.map(({ start, noMap }) => [start, noMap])).toEqual([
      [0x40000000, false],
      [0x60000000, true],
    ]);
    expect(machine.image?.bssStop).toBe(0x43170000);
  });
});

test('memory may fill the linear region, and an image may lie across banks', () => {
  expect(machineOf({ memory: [bank('0x0', '128T')] }).memory[0]?.size).toBe(2 ** 47);
  const banks = [bank('0x41000000', '1G'), bank('0x40000000', '16M')];
  expect(machineOf({ memory: banks, image }).image?.text).toBe(0x40200000);
  const apart = [bank('0x41001000', '1G'), bank('0x40000000', '16M')];
  expect(() => machineOf({ memory: apart, image })).toThrow('expected an image inside memory');
});

const image = {
  text: '0x40200000',
  stext: '0x40210000',
  startRodata: '0x41000000',
  initBegin: '0x42000000',
  initEnd: '0x43000000',
  bssStop: '0x44000000',
};
const bank = (start: string, size: string) => ({ start, size });

describe('contradictions are refused with the line of the value', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ granule: 8192 }, 'm.json:3: granule: expected one of 4096, 16384, 65536, found 8192'],
    [{ vaBits: 47 }, 'm.json:4: vaBits: expected one of 39, 48, 52 for the 4K granule, found 47'],
    [{ vaBits: '48' }, 'm.json:4: vaBits: expected a number, found "48"'],
    [
      { vaBitsBuild: 39 },
      'm.json:11: vaBitsBuild: expected one of 39, 48, 52 for the 4K granule, not below vaBits, found 39',
    ],
    [{ memory: [] }, 'm.json:5: memory: expected at least 1 entries, found a list of 0'],
    [
      { memory: [bank('0x40000800', '1G')] },
      'm.json:7: memory[0].start: expected a multiple of 4 KiB, found "0x40000800"',
    ],
    [
      { memory: [bank('0x0', '0')] },
      'm.json:8: memory[0].size: expected a multiple of 4 KiB above 0, found "0"',
    ],
    [
      { memory: [bank('0x0', '5K')] },
      'm.json:8: memory[0].size: expected a multiple of 4 KiB above 0, found "5K"',
    ],
    [
      { memory: [bank('0x0', '200T')] },
      'm.json:8: memory[0].size: expected memory inside the 128 TiB linear region from 0x0, found an end at 0xc80000000000',
    ],
    [
      { memory: [bank('0x80000000', '1G'), bank('0x40000000', '1G'), bank('0x40001000', '1M')] },
      'm.json:15: memory[2].start: expected memory that does not overlap memory[1], which ends at 0x80000000, found "0x40001000"',
    ],
    [
      { memory: [bank('0xffff000000000000', '1G')] },
      'm.json:7: memory[0].start: expected a physical address, found "0xffff000000000000"',
    ],
    [
      { physOffset: '0x80000000' },
      'm.json:7: memory[0].start: expected memory at or above physOffset 0x80000000, found "0x40000000"',
    ],
    [{ physOffset: '0x100' }, 'm.json:11: physOffset: expected a multiple of 4K, found "0x100"'],
    [
      { pageOffset: '0xffff000000001000' },
      'm.json:11: pageOffset: expected 2^64 - 2^48, found "0xffff000000001000"',
    ],
    [
      { pageEnd: '0xfffe000000000000' },
      'm.json:11: pageEnd: expected a kernel address above pageOffset, a multiple of 4K, found "0xfffe000000000000"',
    ],
    [{ granule: 65536, lpa2: true }, 'm.json:11: lpa2: expected false for the 64K granule, found true'],
    [{ midr: '0x1c00fac30' }, 'm.json:11: midr: expected MIDR_EL1, 32 bits in hex, found "0x1c00fac30"'],
    [
      { image: { ...image, initEnd: '0x41ff0000' } },
      'm.json:16: image.initEnd: expected an address at or above initBegin, found "0x41ff0000"',
    ],
    [
      { image: { ...image, stext: '0x40200800' } },
      'm.json:13: image.stext: expected a multiple of 4 KiB, found "0x40200800"',
    ],
    [
      { image: { ...image, bssStop: '0xc0001000' } },
      'm.json:11: image: expected an image inside memory, found parts of it outside',
    ],
    [{ kfenceEarlyInit: true }, 'm.json:1: kfencePool: expected the pool of an early KFENCE, found nothing'],
    [
      { kfenceEarlyInit: false, kfencePool: bank('0x80000000', '2M') },
      'm.json:12: kfencePool: expected no pool, as KFENCE is not early, found an object',
    ],
    [
      { kfencePool: bank('0x80000000', '1M') },
      'm.json:13: kfencePool.size: expected 0x200000, the pool of 255 objects, found "1M"',
    ],
    [
      { kfencePool: bank('0xbff00000', '2M') },
      'm.json:11: kfencePool: expected a pool inside memory, found parts of it outside',
    ],
    [{ nested: 1 }, 'm.json:11: expected only known keys, found "nested"'],
    [{ schema: 'linmap.map/1' }, 'm.json:2: schema: expected "linmap.machine/1", found "linmap.map/1"'],
    [{ memory: undefined }, 'm.json:1: memory: expected a list, found nothing'],
  ])('%j', (change, message) => {
    expect(refusal(describing(change))).toBe(message);
  });
});

test('an unknown key can be a warning', () => {
  const warnings: string[] = [];
  const options = { unknownKeys: 'warn', warn: (line: string) => warnings.push(line) } as const;
  const machine = parseMachine(describing({ colour: 'red' }), 'm.json', options);
  expect(machine).toEqual(machineOf({}));
  expect(warnings).toEqual(['m.json:11: expected only known keys, found "colour"']);
});

describe('BBML2 and the version of the kernel', () => {
  const AMPEREONE = '0xc00fac30';
  const older = { kernel: 'Linux h 6.12.48+deb13-arm64 #1 SMP aarch64 GNU/Linux' };

  test('no kernel before 6.18 asks for it, whatever the CPU', () => {
    expect(machineOf({ ...older, midr: AMPEREONE })).toMatchObject({ bbml2: false, bbml2AllCpus: false });
    expect(machineOf({ kernel: '6.18.0', midr: AMPEREONE })).toMatchObject({ bbml2: true });
    expect(machineOf({ midr: AMPEREONE })).toMatchObject({ bbml2: true });
  });

  test('a description that says otherwise is believed, with a warning that names its line', () => {
    const text = describing({ ...older, bbml2: true });
    const line = 1 + text.split('\n').findIndex((one) => one.includes('bbml2'));
    const warnings: string[] = [];
    const { bbml2 } = parseMachine(text, 'm.json', { warn: (warning) => warnings.push(warning) });
    expect(bbml2).toBe(true);
    expect(warnings).toEqual([
      `m.json:${line}: bbml2: expected false for a kernel before 6.18 without a backport: it maps by pages what others split, found true`,
    ]);
    expect(machineOf({ ...older, bbml2: false }).bbml2).toBe(false);
  });

  test('but for one whose own variable shows that it was taken back', () => {
    const backport = { ...older, midr: AMPEREONE, linearMapRequiresBbml2: true };
    expect(machineOf(backport).bbml2).toBe(true);
    expect(machineOf({ ...backport, bbml2: true }).bbml2).toBe(true);
  });
});

describe('flags of memory', () => {
  const bank = (flags: string) => ({ memory: [{ start: '0x40000000', size: '2G', flags }] });

  test.each(['', 'NONE', 'NOMAP', 'HOTPLUG|MIRROR', 'DRV_MNG'])('%j are known', (flags) => {
    expect(machineOf(bank(flags)).memory).toMatchObject([{ noMap: flags === 'NOMAP' }]);
  });

  test.each(['nomap', 'NO_MAP', 'NOMAP,HOTPLUG', 'HOTPLUG|X'])('%j are refused, or a warning', (flags) => {
    const text = describing(bank(flags));
    const expected = new RegExp(
      `^m\\.json:\\d+: memory\\[0\\]\\.flags: expected flags of memblock \\(NONE, .*\\), found "${flags.replace('|', '\\|')}"$`,
    );
    expect(refusal(text)).toMatch(expected);
    const warnings: string[] = [];
    parseMachine(text, 'm.json', { unknownKeys: 'warn', warn: (line) => warnings.push(line) });
    expect(warnings).toEqual([expect.stringMatching(expected)]);
  });
});
