/** Damaged texts: every one is read, or refused in one line that names its file. Nothing else ever happens. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMachine } from '../../../src/capture/import/machine-text.js';
import { deriveMachine } from '../../../src/capture/machine-facts/derive-machine.js';
import type { Evidence } from '../../../src/capture/machine-facts/evidence.js';
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
import { sniffText } from '../../../src/capture/texts/sniff-text.js';
import { parseVmallocinfo } from '../../../src/capture/texts/vmallocinfo.js';
import { Core } from '../../../src/core/core.js';
import { InputError } from '../../../src/io/input-error.js';
import { parseMachine, readMachine } from '../../../src/machine/machine.js';
import { formatMap, parseMap } from '../../../src/map/map-file.js';
import { root } from '../../cli/linmap.js';
import { runs } from '../../core/runs.js';

const folder = join(root, 'captures', '4k48-bbml2-ptdump');
/** The first whole lines of a real text, no longer than keeps thousands of cases quick. */
const real = (name: string): string => {
  const start = readFileSync(join(folder, 'texts', name), 'utf8').slice(0, 4000);
  return start.slice(0, start.lastIndexOf('\n') + 1);
};
const machine = readMachine(join(folder, 'machine.json'));

type Parser = (text: string, file: string) => unknown;

const PARSERS: Readonly<Record<string, readonly [parse: Parser, text: string]>> = {
  iomem: [parseIomem, real('iomem.txt')],
  meminfo: [parseMeminfo, real('meminfo.txt')],
  cpuinfo: [parseCpuinfo, real('cpuinfo.txt')],
  vmallocinfo: [parseVmallocinfo, real('vmallocinfo.txt')],
  memblock: [parseMemblock, real('memblock-reserved.txt')],
  ptdump: [parsePtdump, real('kernel_page_tables.txt')],
  midr: [parseMidr, 'cpu0 0x00000000c00fac30\ncpu1 0x00000000c00fac30\n'],
  config: [
    parseKernelConfig,
    '# Linux/arm64 7.2.13 Kernel Configuration\nCONFIG_ARM64=y\nCONFIG_ARM64_VA_BITS=48\n# CONFIG_KFENCE is not set\n',
  ],
  cmdline: [parseCommandLine, `${machine.commandLine}\n`],
  version: [parseKernelVersion, `${machine.kernel}\n`],
};

type Damage = (text: string) => string;

const place = fc.double({ min: 0, max: 1, noNaN: true });
const scrap = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom('0', 'f', '-', ' ', '\n', '\r', '\x1b[31m', '> ', '0x', '\0', '…', 'ffffffffffffffff'),
  fc.constantFrom(...Object.values(PARSERS).map(([, text]) => text.slice(0, 90))),
);
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, scrap).map(
    ([at, what]) =>
      (text: string) =>
        splice(text, at, 0, what),
  ),
  fc.tuple(place, scrap, fc.nat(8)).map(
    ([at, what, n]) =>
      (text: string) =>
        splice(text, at, n, what),
  ),
  place.map((at) => (text: string) => text.slice(0, Math.floor(at * text.length))),
  fc.tuple(place, place).map(([from, to]) => (text: string) => {
    const lines = text.split('\n');
    const [line = ''] = lines.splice(Math.floor(from * lines.length), 1);
    lines.splice(Math.floor(to * lines.length), 0, line);
    return lines.join('\n');
  }),
  place.map((at) => (text: string) => {
    const lines = text.split('\n');
    lines.splice(Math.floor(at * lines.length), 1);
    return lines.join('\n');
  }),
  fc.tuple(place, place).map(([at, digit]) => (text: string) => {
    const index = text.slice(Math.floor(at * text.length)).search(/[0-9a-f]/);
    const from = Math.floor(at * text.length) + Math.max(0, index);
    return text.slice(0, from) + Math.floor(digit * 16).toString(16) + text.slice(from + 1);
  }),
);

function splice(text: string, at: number, remove: number, insert: string): string {
  const from = Math.floor(at * text.length);
  return text.slice(0, from) + insert + text.slice(from + remove);
}

const damages = fc.array(damage, { minLength: 1, maxLength: 4 });

/** @returns what was read; null where it was refused as it should be */
function readOrRefused<T>(read: () => T, files: readonly string[]): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/^[^\n\r]+$/);
    expect(error.message).toContain('expected ');
    expect(files.some((file) => error.message.startsWith(file))).toBe(true);
    return null;
  }
}

describe('a damaged text', () => {
  it.each(Object.keys(PARSERS))('of kind %s is read or refused', (kind) => {
    const [parse, text] = PARSERS[kind] ?? [parseIomem, ''];
    let refused = 0;
    fc.assert(
      fc.property(damages, (all) => {
        const spoilt = all.reduce((before, one) => one(before), text);
        if (readOrRefused(() => parse(spoilt, 'FILE'), ['FILE']) === null) refused++;
        expect(['string', 'object']).toContain(typeof sniffText(spoilt));
      }),
      { numRuns: runs(6000) },
    );
    // Damage that is never seen would mean that nothing was tried.
    expect(refused).toBeGreaterThan(0);
  });

  it('of any kind, given to any parser, is read or refused', () => {
    const names = Object.keys(PARSERS);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom(...names), fc.string(), (one, other, noise) => {
        const [parse] = PARSERS[one] ?? [parseIomem];
        const [, text] = PARSERS[other] ?? [parseIomem, ''];
        readOrRefused(() => parse(text, 'FILE'), ['FILE']);
        readOrRefused(() => parse(noise, 'FILE'), ['FILE']);
      }),
      { numRuns: runs(1500) },
    );
  });
});

describe('damaged texts together', () => {
  it('give a machine and a map that can be written and read, or are refused', () => {
    const [, iomem] = PARSERS.iomem ?? [];
    const [, meminfo] = PARSERS.meminfo ?? [];
    const [, cpuinfo] = PARSERS.cpuinfo ?? [];
    const [, ptdump] = PARSERS.ptdump ?? [];
    const files = ['iomem', 'meminfo', 'cpuinfo', 'ptdump', 'machine'];
    const spoil = (all: Damage[], text = ''): string => all.reduce((before, one) => one(before), text);
    let mapped = 0;
    fc.assert(
      fc.property(damages, damages, fc.nat(15), (first, second, which) => {
        const pick = (n: number, text: string | undefined): string =>
          which >> n === 1 ? spoil(first, text) : spoil((which >> n) % 2 === 1 ? second : [], text);
        const evidence = readOrRefused(
          (): Evidence => ({
            iomem: parseIomem(pick(0, iomem), 'iomem'),
            meminfo: parseMeminfo(pick(1, meminfo), 'meminfo'),
            cpuinfo: parseCpuinfo(pick(2, cpuinfo), 'cpuinfo'),
            ptdumps: [parsePtdump(pick(3, ptdump), 'ptdump')],
          }),
          files,
        );
        if (evidence === null) return;
        const described = readOrRefused(() => {
          const { description } = deriveMachine(evidence, {});
          return parseMachine(formatMachine(description), 'machine.json');
        }, files);
        const [dump] = evidence.ptdumps ?? [];
        for (const one of [described, machine]) {
          if (one === null || !dump) continue;
          // A core of its own: one whose memory is used up refuses whatever comes after.
          const rebuilt = readOrRefused(() => mapFromPtdump(dump, one, new Core()), files);
          if (rebuilt === null) continue;
          mapped++;
          expect(parseMap(formatMap(rebuilt.map), 'map')).toEqual(rebuilt.map);
        }
      }),
      { numRuns: runs(1500) },
    );
    expect(mapped).toBeGreaterThan(0);
  });
});
