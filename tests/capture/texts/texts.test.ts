import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseCpuinfo } from '../../../src/capture/texts/cpuinfo.js';
import { parseIomem } from '../../../src/capture/texts/iomem.js';
import { parseCommandLine } from '../../../src/capture/texts/kernel-command-line.js';
import { parseKernelConfig } from '../../../src/capture/texts/kernel-config.js';
import { parseKernelVersion } from '../../../src/capture/texts/kernel-version.js';
import { parseMemblock } from '../../../src/capture/texts/memblock.js';
import { parseMeminfo } from '../../../src/capture/texts/meminfo.js';
import { parseMidr } from '../../../src/capture/texts/midr.js';
import { parsePtdump } from '../../../src/capture/texts/ptdump.js';
import { sniffText, type TextKind } from '../../../src/capture/texts/sniff-text.js';
import { parseVmallocinfo } from '../../../src/capture/texts/vmallocinfo.js';
import { InputError } from '../../../src/io/input-error.js';
import { root } from '../../cli/linmap.js';

const captures = join(root, 'captures');
const real = (path: string): string => {
  const bytes = readFileSync(join(captures, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
};
const texts = '4k48-bbml2-ptdump/texts';

/** The message of the error that a text brings about. */
function complaint(parse: (text: string, file: string) => unknown, text: string): string {
  try {
    parse(text, 'F');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  return 'no error';
}

describe('iomem', () => {
  it('is a tree of ranges', () => {
    const { regions } = parseIomem(real(`${texts}/iomem.txt`), 'iomem');
    const ram = regions.find(({ name }) => name === 'System RAM');
    expect(ram).toMatchObject({ start: 0x40000000, end: 0xc0000000, line: 9 });
    expect(ram?.children.map(({ name }) => name).slice(0, 3)).toEqual([
      'Kernel code',
      'reserved',
      'Kernel data',
    ]);
    expect(regions.at(-1)?.children[0]?.children[0]).toMatchObject({
      name: 'virtio-pci-modern',
      children: [],
    });
  });

  it('without the right to see addresses is refused with the way to get them', () => {
    const zeros = real(`${texts}/iomem.txt`).replace(/[0-9a-f]{8,12}-[0-9a-f]{8,12}/g, '00000000-00000000');
    expect(complaint(parseIomem, zeros)).toMatch(
      /^F:1: expected physical addresses, found zeros: .*CAP_SYS_ADMIN/,
    );
  });

  it('names the line that is none', () => {
    expect(complaint(parseIomem, '00001000-00001fff : a\n  00002000-00002fff : b\n')).toBe(
      'F:2: expected a range inside "a" of line 1, found "  00002000-00002fff : b"',
    );
    expect(complaint(parseIomem, '00001000-00001fff : a\n00001')).toMatch(
      /^F:2: expected a range of \/proc\/iomem/,
    );
    expect(complaint(parseIomem, '00002000-00001fff : a\n')).toMatch(/ends after it starts/);
    expect(complaint(parseIomem, '')).toMatch(/^F: expected .* found nothing of the kind/);
  });
});

describe('ids of CPUs', () => {
  it('are put together from cpuinfo', () => {
    const { midr } = parseCpuinfo(real(`${texts}/cpuinfo.txt`), 'cpuinfo');
    expect([...midr]).toEqual([
      [0, 0xc00fac30],
      [1, 0xc00fac30],
    ]);
    const variant = real(`${texts}/cpuinfo.txt`).replace('CPU variant\t: 0x0', 'CPU variant\t: 0x3');
    expect(parseCpuinfo(variant, 'cpuinfo').midr.get(0)).toBe(0xc03fac30);
  });

  it('are refused where a field is missing, as on other architectures', () => {
    expect(complaint(parseCpuinfo, 'processor\t: 0\nvendor_id\t: GenuineIntel\n')).toBe(
      'F:1: expected "CPU implementer" of this CPU, found none: not an arm64 cpuinfo',
    );
    expect(complaint(parseCpuinfo, 'processor\t: 0\nCPU part\t: 0x1ac3\n')).toMatch(
      /^F:2: expected CPU part/,
    );
  });

  it('are what the registers say', () => {
    const { midr } = parseMidr('cpu0 0x00000000c00fac30\ncpu12: 0x410fd0c1\n', 'midr');
    expect([...midr]).toEqual([
      [0, 0xc00fac30],
      [12, 0x410fd0c1],
    ]);
    expect([...parseMidr('0x00000000c00fac30\n410fd0c1\n', 'midr').midr.values()]).toEqual([
      0xc00fac30, 0x410fd0c1,
    ]);
    expect(complaint(parseMidr, 'cpu0 0x00000001c00fac30')).toMatch(/^F:1: expected MIDR_EL1/);
    expect(complaint(parseMidr, 'cpu0 0xc00fac30\ncpu0 0xc00fac30')).toMatch(/^F:2: expected CPU 0 once/);
  });
});

describe('vmallocinfo', () => {
  it('has areas with their pages, callers and physical addresses', () => {
    const { areas } = parseVmallocinfo(real(`${texts}/vmallocinfo.txt`), 'vmallocinfo');
    expect(areas[0]).toEqual({
      line: 1,
      start: -(2 ** 47) + 2 ** 31,
      size: 5832704,
      caller: 'paging_init',
      pages: null,
      phys: 0x40200000,
      words: ['vmap'],
    });
    expect(areas[3]).toMatchObject({ caller: 'gen_pool_add_owner', pages: 1, words: ['vmalloc'] });
  });

  it('has no addresses where the kernel hides them', () => {
    const hashed =
      '0x00000000a3b1c2d4-0x000000001f00aa01   20480 kernel_clone+0xa0/0x450 pages=4 vmalloc N0=4\n';
    const zeros = '0x0000000000000000-0x0000000000000000    8192 unpurged vm_area\n';
    expect(parseVmallocinfo(hashed + zeros, 'F').areas).toMatchObject([
      { start: null, size: 20480, pages: 4 },
      { start: null, size: 8192, caller: '' },
    ]);
    expect(complaint(parseVmallocinfo, '0x00000000a3b1c2d4-0x000000001f00aa01\n')).toMatch(
      /^F:1: expected an area/,
    );
  });
});

describe('memblock, meminfo, config, command line, version', () => {
  it('are read', () => {
    expect(parseMemblock(real(`${texts}/memblock-memory.txt`), 'F').regions).toEqual([
      { line: 1, start: 0x40000000, end: 0xc0000000, flags: 'NONE' },
    ]);
    expect(
      parseMemblock('   0: 0x80000000..0x8fffffff\n   1: 0x90000000..0x9fffffff    x NOMAP|HOTPLUG\n', 'F')
        .regions,
    ).toMatchObject([{ flags: '' }, { flags: 'NOMAP|HOTPLUG' }]);
    expect(parseMeminfo(real(`${texts}/meminfo.txt`), 'F').values.get('MemTotal')).toBe(1524544);
    const config = parseKernelConfig(
      '#\n# CONFIG_KFENCE is not set\nCONFIG_ARM64_VA_BITS=52\nCONFIG_X="a b"\n',
      'F',
    );
    expect([...config.options]).toEqual([
      ['KFENCE', 'n'],
      ['ARM64_VA_BITS', '52'],
      ['X', 'a b'],
    ]);
    expect(parseCommandLine('console=ttyAMA0\n  root=/dev/vda1\n', 'F').text).toBe(
      'console=ttyAMA0 root=/dev/vda1',
    );
    expect(
      parseKernelVersion('Linux h 7.2.13+deb14-arm64-16k #1 SMP aarch64 GNU/Linux\n', 'F'),
    ).toMatchObject({
      release: '7.2.13+deb14-arm64-16k',
      major: 7,
      minor: 2,
      machine: 'aarch64',
    });
    expect(
      parseKernelVersion('Linux version 5.4.0-150-generic (buildd@bos03) (gcc 9.4.0)', 'F').release,
    ).toBe('5.4.0-150-generic');
  });

  it('are refused with line and expectation', () => {
    expect(complaint(parseMemblock, '   0: 0x8000..0x8fff\n   1: 0x8800..')).toMatch(
      /^F:2: expected a memblock region/,
    );
    expect(complaint(parseMemblock, '0: 0x8000..0x8fff\n1: 0x8800..0x9fff')).toMatch(
      /^F:2: expected a region above/,
    );
    expect(complaint(parseMeminfo, 'MemTotal:   12 kB\nMemFr')).toMatch(
      /^F:2: expected a line of \/proc\/meminfo/,
    );
    expect(complaint(parseKernelConfig, 'CONFIG_A=y\nCONFIG_')).toMatch(
      /^F:2: expected an option of a kernel/,
    );
    expect(complaint(parseCommandLine, '\n')).toMatch(/^F: expected a kernel command line/);
    expect(complaint(parseCommandLine, 'root=\u0007')).toMatch(
      /^F:1: expected a kernel command line of printable/,
    );
    expect(complaint(parseKernelVersion, 'hello')).toMatch(/^F:1: expected the output of uname -a/);
  });
});

describe('kernel_page_tables', () => {
  const range =
    '0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED';

  it('has ranges, columns and markers', () => {
    const dump = parsePtdump(real(`${texts}/kernel_page_tables.txt`), 'F');
    expect(dump).toMatchObject({ linearStart: -(2 ** 48), linearEnd: -(2 ** 47), holes: true });
    expect(dump.ranges[0]).toEqual({
      line: 2,
      start: -(2 ** 48),
      end: -(2 ** 48) + 2 ** 21,
      level: 'PMD',
      leaf: {
        valid: true,
        user: false,
        readOnly: false,
        executable: false,
        shareable: true,
        accessed: true,
        nonGlobal: false,
        contiguous: false,
        block: true,
        userExecutable: false,
        guarded: false,
        memory: 'MEM/NORMAL-TAGGED',
      },
    });
    expect(dump.ranges.at(-1)).toMatchObject({ end: 0, leaf: null });
  });

  it.each([
    ['---[ Linear Mapping start ]---', '---[ Linear Mapping end ]---'],
    ['---[ Linear mapping ]---', '---[ BPF start ]---'],
    ['---[ Linear Mapping ]---', '---[ Modules start ]---'],
  ])('knows the markers %s … %s', (start, end) => {
    const rest = [
      '0xffff000000200000-0xffff000040000000        1022M PMD',
      '0xffff000040000000-0xffff008000000000         511G PUD',
      '0xffff008000000000-0xffff800000000000      130560G PGD',
    ];
    const next = '0xffff800000000000-0xffff800080000000           2G PUD';
    expect(parsePtdump([start, range, ...rest, end, next].join('\n'), 'F')).toMatchObject({
      linearStart: -(2 ** 48),
      linearEnd: -(2 ** 47),
    });
  });

  it.each([
    ['cut in an address', range.slice(0, 25), 'a line of kernel_page_tables'],
    ['cut in a column', range.slice(0, range.indexOf('SHD') + 2), 'attributes as the kernel prints them'],
    ['cut before the memory type', range.slice(0, range.indexOf('MEM')), 'a memory type'],
    ['cut in the memory type', range.slice(0, range.indexOf('MEM') + 8), 'a memory type'],
    ['of another size', range.replace('2M', '4M'), 'the size of its range, 2048K'],
    ['of user space', range.replaceAll('0xffff0', '0x0000f'), 'a kernel address'],
    ['with a column twice', range.replace('SHD', 'SHD SHD'), 'attributes as the kernel prints them'],
    [
      'with columns in another order',
      range.replace('RW NX', 'NX RW'),
      'attributes as the kernel prints them',
    ],
    ['backwards', `${range}\n${range}`, 'a range at or above 0xffff000000200000'],
  ])('refuses a line %s', (_, text, expected) => {
    expect(complaint(parsePtdump, `---[ Linear Mapping start ]---\n${text}\n`)).toMatch(
      new RegExp(`^F:[23]: expected (?:${expected})`),
    );
  });
});

describe('the kind of a text', () => {
  const kinds: [path: string, kind: TextKind][] = readdirSync(captures, { recursive: true, encoding: 'utf8' })
    .filter((path) => /texts\//.test(path))
    .map((path) => [path, kindByName(path)]);

  it.each(kinds)('%s is %s, whole or the first half KiB, plain or quoted', (path, kind) => {
    const text = real(path);
    expect(sniffText(text)).toBe(kind);
    expect(sniffText(text.slice(0, 512))).toBe(kind);
    expect(
      sniffText(
        text
          .split('\n')
          .map((line) => `> ${line}\r`)
          .join('\n'),
      ),
    ).toBe(kind);
  });

  it.each([
    ['console=ttyAMA0 root=/dev/nvme0n1p2 ro quiet', 'cmdline'],
    ['Linux db1 6.18.2-arm64 #1 SMP PREEMPT_DYNAMIC Debian aarch64 GNU/Linux', 'version'],
    ['Linux version 5.15.0-1051-aws (buildd@bos03-arm64-020)', 'version'],
    [
      '#\n# Automatically generated file; DO NOT EDIT.\n# Linux/arm64 7.2.13 Kernel Configuration\n#',
      'config',
    ],
    ['cpu0 0x00000000c00fac30\ncpu1 0x00000000c00fac30', 'midr'],
    ['0x00000000410fd0c1', 'midr'],
    [
      '# tracer: nop\n#\n        modprobe-1423    [012] .....  5123.456789: split: (x+0x0/0x2a8) start=0x0',
      null,
    ],
    ['{"schema": "linmap.machine/1"}', null],
    ['', null],
  ])('%j is %s', (text, kind) => {
    expect(sniffText(text)).toBe(kind);
  });

  it('of a compressed configuration is told after decompression', () => {
    const config = 'CONFIG_ARM64=y\nCONFIG_ARM64_4K_PAGES=y\n';
    expect(sniffText(gunzipSync(gzipSync(config)).toString())).toBe('config');
  });
});

function kindByName(path: string): TextKind {
  if (path.includes('kernel_page_tables')) return 'ptdump';
  if (path.includes('memblock')) return 'memblock';
  const kind = (['iomem', 'meminfo', 'cpuinfo', 'vmallocinfo'] as const).find((name) => path.includes(name));
  if (kind === undefined) throw new Error(`${path} is of no known kind`);
  return kind;
}
