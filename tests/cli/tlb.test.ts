import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { STREAM_NAMES } from '../../src/estimate/streams/index.js';
import { CORES } from '../../src/machine/cores/presets/catalogue.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { encodeTrace, type TraceRecord } from '../estimate/encode-trace.js';
import { linmap, root, scratchFolder } from './linmap.js';

const count = z.int().min(0);
const rate = z.number().min(0);

const points = z.number().nullable();

const levelAnswer = z.strictObject({
  simulatedMisses: count,
  stackMisses: count.nullable(),
  stackPoints: points,
  noStackAnswer: z.string().nullable(),
  fullyAssociativeMisses: rate.nullable(),
  binomialMisses: rate.nullable(),
  closedForm: z.enum(['uniform', 'cyclic', 'Zipf']).nullable(),
  closedFormMisses: rate.nullable(),
  closedFormPoints: points,
  noClosedForm: z.string().nullable(),
});

const configuration = z.strictObject({
  id: z.string(),
  title: z.string(),
  accesses: count,
  l1Misses: count,
  l2Misses: count,
  walks: count,
  merged: count,
  linesFetched: z.strictObject({ l2: count, system: count, dram: count }),
  lookupCycles: count,
  walkCycles: count,
  stallCycles: count,
  faults: count,
  mpki: z.strictObject({ linearMap: rate, kernel: rate, total: rate }).nullable(),
  walkCyclesPer1000Instructions: rate.nullable(),
  exposedCyclesPer1000Instructions: z.strictObject({ low: rate, typical: rate, high: rate }).nullable(),
  coldMisses: count,
  dataL2Misses: count,
  lruMisses: count,
  pointsOverLru: points,
  analytic: z.strictObject({ dataAccesses: count, l1: levelAnswer, l2: levelAnswer }),
  curve: z.array(z.strictObject({ entries: count, missRatio: z.number().min(0).max(1) })),
  reachBytes: count,
});

const tlbDocument = z.strictObject({
  schema: z.literal('linmap.tlb/1'),
  core: z.string(),
  machine: z.string(),
  stream: z.strictObject({
    name: z.string().optional(),
    seed: count.optional(),
    file: z.string().optional(),
    accesses: count,
    accessesByClass: z.strictObject({
      linearMap: count,
      otherKernel: count,
      user: count,
      instruction: count,
    }),
    instructions: count.nullable(),
  }),
  configurations: z.array(configuration),
});

const memory = ['--granule', '4K', '--va-bits', '48', '--memory', '16G'];
const core = ['--core', 'neoverse-n1'];
const MAIN = ['pages', 'blocks', 'blocks-after', 'on'];
const ALL = [...MAIN, ...STRATEGIES.map(({ id }) => id)];
const dmCrypt = 'captures/access/dm-crypt-write.bin.br';
const memcached = 'captures/access/memcached.bin.br';

function tlb(...args: string[]) {
  const { code, stdout, stderr } = linmap('tlb', ...args, '--json');
  const progress = /^(?:(?:laying out|simulating)[^\n]*\n)*$/;
  expect({ code, stderr: stderr.replace(progress, '') }).toEqual({ code: 0, stderr: '' });
  const document = tlbDocument.parse(JSON.parse(stdout));
  const of = (id: string) => {
    const found = document.configurations.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no configuration ${id}`);
    return found;
  };
  return { document, of };
}

/** stderr of a run that is refused: one line, 2, and nothing on stdout. */
function refusal(...args: string[]): string {
  const { code, stdout, stderr } = linmap('tlb', ...args);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return stderr.trimEnd();
}

describe('a generated stream', () => {
  test('over every configuration, with numbers that fit together', () => {
    const { document } = tlb(
      ...memory,
      ...core,
      '--stream',
      'network:instructions=5',
      '--accesses',
      '100000',
    );
    const { stream, configurations } = document;
    expect(stream).toMatchObject({
      name: 'network:instructions=5',
      seed: 1,
      accesses: 100_000,
      instructions: 500_000,
    });
    expect(Object.values(stream.accessesByClass).reduce((a, b) => a + b)).toBe(100_000);
    expect(configurations.map(({ id }) => id)).toEqual(ALL);
    for (const one of configurations) {
      const { l1Misses, l2Misses, walks, coldMisses, lruMisses, mpki } = one;
      const { low, high } = one.exposedCyclesPer1000Instructions ?? { low: 0, high: 0 };
      expect(one.faults).toBe(0);
      expect(l2Misses).toBeLessThanOrEqual(l1Misses);
      expect(walks).toBe(l2Misses);
      expect(coldMisses).toBeLessThanOrEqual(lruMisses);
      expect(mpki?.total).toBeCloseTo(l2Misses / 500, 9);
      expect(mpki?.linearMap).toBeLessThanOrEqual(mpki?.kernel ?? 0);
      expect(one.walkCyclesPer1000Instructions).toBeCloseTo(one.walkCycles / 500, 9);
      expect(low).toBeCloseTo(one.walkCycles / 500 / 5, 9);
      expect(high).toBeCloseTo(one.walkCycles / 500, 9);
    }
  });

  test('a scan of more pages than entries misses every time, and in blocks nearly never', () => {
    const stream = ['--stream', 'sequential:size=1G,run=0', '--accesses', '100000'];
    const { of } = tlb(...memory, ...core, ...stream, '--config', 'on,pages');
    expect(of('pages')).toMatchObject({ l2Misses: 100_000, coldMisses: 100_000, mpki: { linearMap: 200 } });
    expect(of('pages')).toMatchObject({ lruMisses: 100_000, pointsOverLru: 0 });
    // 400 MB are at most 14 leaves of 32 MiB.
    expect(of('on').walks).toBeLessThanOrEqual(14);
  });

  test('theory stands beside it, or why it does not', () => {
    const stream = ['--stream', 'zipf:s=1.2,size=256M', '--accesses', '100000', '--config', 'pages'];
    const { l1, l2, dataAccesses } = tlb(...memory, ...core, ...stream).of('pages').analytic;
    expect(dataAccesses).toBe(100_000);
    for (const answer of [l1, l2]) {
      expect(answer).toMatchObject({ closedForm: 'Zipf', noClosedForm: null, noStackAnswer: null });
      expect(Math.abs(answer.stackPoints ?? Infinity)).toBeLessThan(1);
      expect(Math.abs(answer.closedFormPoints ?? Infinity)).toBeLessThan(1);
    }
    const { stdout } = linmap('tlb', ...memory, '--core', 'a64fx', ...stream);
    expect(stdout).toContain('No answer by stack distances: FIFO.');
    expect(stdout).toContain('No closed answer: FIFO.');
  });

  test('the seed decides', () => {
    const walks = (seed: string) => {
      const stream = ['--stream', 'zipf', '--accesses', '20000', '--seed', seed, '--config', 'pages'];
      return tlb(...memory, ...core, ...stream).of('pages').walks;
    };
    expect(walks('7')).toBe(walks('7'));
    expect(walks('7')).not.toBe(walks('8'));
  });

  test('without instructions there are no rates', () => {
    const stream = ['--stream', 'uniform:instructions=0', '--accesses', '1000', '--config', 'pages'];
    const { document, of } = tlb(...memory, ...core, ...stream);
    expect(document.stream.instructions).toBeNull();
    expect(of('pages')).toMatchObject({ mpki: null, exposedCyclesPer1000Instructions: null });
  });

  test('instructions are counted exactly', () => {
    const stream = ['--stream', 'network', '--accesses', '100000', '--config', 'pages'];
    expect(tlb(...memory, ...core, ...stream).document.stream.instructions).toBe(460_000);
  });

  test('configurations come once, in the order asked for', () => {
    const { document } = tlb(
      ...memory,
      ...core,
      '--stream',
      'chase',
      '--accesses',
      '9',
      '--config',
      'on,pages,on',
    );
    expect(document.configurations.map(({ id }) => id)).toEqual(['on', 'pages']);
  });

  test('on a core of my own', () => {
    const file = join(scratchFolder(), 'mine.json');
    writeFileSync(file, JSON.stringify({ ...CORES[0], id: 'mine' }));
    const stream = ['--stream', 'chase', '--accesses', '1000', '--config', 'pages'];
    expect(tlb(...memory, '--core', file, ...stream).document.core).toBe('mine');
    expect(linmap('tlb', ...memory, '--core', file, ...stream).stdout).toContain(`: linmap cores ${file}`);
  });
});

describe('a capture', () => {
  const stream = ['--stream', 'zipf', '--accesses', '50000'];

  test('a scenario: what it leaves is what its trace did', () => {
    const { document, of } = tlb('--capture', 'captures/4k-bbml2/load-small', ...core, ...stream);
    expect(document.machine).toBe('4k-bbml2');
    expect(document.configurations.map(({ id }) => id)).toEqual(ALL);
    for (const id of ALL.filter((one) => !['pages', 'blocks', 'on'].includes(one))) {
      expect(of(id).title).toMatch(/, after 4k-bbml2\/load-small$/);
    }
    expect(of('blocks').walks).toBeLessThanOrEqual(of('blocks-after').walks);
    expect(of('blocks-after').walks).toBeLessThan(of('pages').walks);
    expect(of('page-basis').walks).toBe(of('blocks-after').walks);
  });

  test('a machine: its maps after assumed use', () => {
    const { of } = tlb('--capture', 'captures/4k-bbml2', ...core, ...stream, '--config', 'blocks-after');
    expect(of('blocks-after').title).toMatch(/, after use$/);
  });

  test('a machine in pages is said to be in pages', () => {
    const { stdout } = linmap('tlb', '--capture', 'captures/4k-pages/load-small', ...core, ...stream);
    expect(stdout).toContain('The captured map is in pages: so is blocks-after');
  });
});

describe('an access trace', () => {
  test('of a real kernel, on the machine beside it', () => {
    const { document, of } = tlb('--access-trace', dmCrypt, ...core, '--config', MAIN.join(','));
    expect(document.machine).toBe('dm-crypt-write');
    expect(document.stream).toMatchObject({ file: dmCrypt, accesses: 2_000_000, instructions: 11_872_038 });
    expect(of('pages').mpki?.kernel).toBeGreaterThan(of('blocks').mpki?.kernel ?? Infinity);
    expect(of('pages').faults).toBe(0);
  });

  test('cut short: in whole pieces', () => {
    const args = ['--access-trace', memcached, ...core, '--accesses', '100000', '--config', 'pages'];
    const { accesses } = tlb(...args).document.stream;
    expect(accesses).toBeGreaterThanOrEqual(100_000);
    expect(accesses).toBeLessThan(200_000);
  });

  test('each class is counted', () => {
    const file = join(scratchFolder(), 'mine.bin');
    const kernelPage = 0xffff000000000n;
    const record = (accessClass: number, page: bigint): TraceRecord => {
      return { accessClass, page, write: false, instructions: 10n };
    };
    const records = [
      ...[1n, 2n, 3n, 4n].map((n) => record(0, kernelPage + n)),
      ...[1n, 2n, 3n].map((n) => record(1, 0xffff800090000n + n)),
      ...[1n, 2n].map((n) => record(2, n)),
      record(3, 0x400n),
    ];
    writeFileSync(file, encodeTrace(records));
    writeFileSync(
      file.replace('.bin', '.machine.json'),
      readFileSync(join(root, 'captures/access/memcached.machine.json')),
    );
    const { document, of } = tlb('--access-trace', file, ...core, '--config', 'pages');
    expect(document.stream).toEqual({
      file,
      accesses: 10,
      accessesByClass: { linearMap: 4, otherKernel: 3, user: 2, instruction: 1 },
      instructions: 100,
    });
    // The three pages of the kernel image are in one leaf.
    expect(of('pages')).toMatchObject({
      walks: 8,
      merged: 2,
      coldMisses: 7,
      dataL2Misses: 7,
      mpki: { linearMap: 40, kernel: 50, total: 80 },
    });
  });

  test('of a machine with another layout: a warning counts what finds no leaf', () => {
    const args = ['--granule', '64K', '--va-bits', '52', '--memory', '8G', '--accesses', '50000'];
    const { code, stderr } = linmap('tlb', '--access-trace', memcached, ...core, ...args);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: [\d\u202f]+ of [\d\u202f]+ accesses found no leaf in the map 'pages'/m);
  });
});

describe('for people', () => {
  test('two tables and what to think of them', () => {
    const { stdout } = linmap('tlb', ...memory, ...core, '--stream', 'network', '--accesses', '100000');
    for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
    for (const id of ALL) expect(stdout.match(new RegExp(`^${id} `, 'gm'))).toHaveLength(4);
    expect(stdout).toContain('Simulation beside theory: data accesses that miss, %');
    expect(stdout).toContain('No closed answer: several kinds of access.');
    expect(stdout).toMatch(/^Estimated by simulation, not measured\./m);
    expect(stdout).toMatch(/^Of the core's 29 values \d+ are assumed: linmap cores neoverse-n1$/m);
    expect(stdout).toMatch(
      /^Exposed: instructions wait for 20 to 100 % of the walk cycles, which is assumed\.$/m,
    );
  });

  test('--help lists cores and streams with their parameters, and its examples work', () => {
    const { code, stdout } = linmap('tlb', '--help');
    expect(code).toBe(0);
    for (const { id } of CORES) expect(stdout).toContain(id);
    for (const name of STREAM_NAMES) expect(stdout).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
    expect(stdout).toMatch(/^ {4}s=0\.99 {2}exponent$/m);
    const examples = [...stdout.matchAll(/^ {2}linmap (.+)$/gm)].map(([, line]) => (line ?? '').split(' '));
    expect(examples).toHaveLength(3);
    for (const example of examples) expect(linmap(...example).code).toBe(0);
  });

  test('docs/json.md names every field', () => {
    const section = readFileSync(join(root, 'docs/json.md'), 'utf8')
      .split(/^## /m)
      .find((part) => part.includes('`linmap.tlb/1`'));
    const shapes = [tlbDocument, tlbDocument.shape.stream, configuration, levelAnswer];
    const names = shapes.flatMap(({ shape }) => Object.keys(shape));
    for (const name of names) if (name !== 'schema') expect(section).toContain(`\`${name}\``);
  });
});

describe('what cannot be', () => {
  const stream = ['--stream', 'zipf'];

  test.each<[string, string[], string | RegExp]>([
    ['no core', [...memory, ...stream], "error: required option '--core <core>' not specified"],
    [
      'an unknown core',
      [...memory, ...stream, '--core', 'm7'],
      /^m7: expected a core file or one of cortex-a53, /,
    ],
    ['a core of something else', [...memory, ...stream, '--core', 'package.json'], /^package\.json:\d+: /],
    ['no stream', [...memory, ...core], 'error: expected --stream or --access-trace, found neither'],
    [
      'two streams',
      [...core, ...stream, '--access-trace', dmCrypt],
      /^error: option '--access-trace <file>' cannot be used with option '--stream /,
    ],
    [
      'a seed for a trace',
      [...core, '--access-trace', dmCrypt, '--seed', '2'],
      "error: option '--access-trace <file>' cannot be used with option '--seed <n>'",
    ],
    [
      'an unknown stream',
      [...memory, ...core, '--stream', 'zip'],
      /^error: expected a stream \(sequential, .*'zip'$/,
    ],
    [
      'an unknown parameter',
      [...memory, ...core, '--stream', 'zipf:t=1'],
      /^error: stream zipf: expected each of s=, .* at most once, found 't=1'$/,
    ],
    [
      'a parameter that is no number',
      [...memory, ...core, '--stream', 'zipf:s=steep'],
      "error: stream zipf: s: expected a number such as 0.99, found 'steep'",
    ],
    [
      'a working set that does not fit',
      [...memory, ...core, '--stream', 'zipf:size=1T'],
      'error: zipf:size=1T: expected a working set of at most 16 GiB of free memory, found 1 TiB',
    ],
    [
      'no accesses',
      [...memory, ...core, ...stream, '--accesses', '0'],
      'error: expected --accesses of at least 1',
    ],
    [
      'an unknown configuration',
      [...memory, ...core, ...stream, '--config', 'pages,block'],
      `error: expected --config of ${ALL.join(', ')}; found 'block'`,
    ],
    [
      'no machine',
      [...core, ...stream],
      /^error: expected --machine, or .* found no --granule, --va-bits, --memory$/,
    ],
    [
      'two machines',
      [...core, ...stream, '--capture', 'captures/4k-bbml2', '--memory', '4G'],
      "error: option '--capture <dir>' cannot be used with option '--memory <size>'",
    ],
    [
      'half a machine beside a trace that has one',
      [...core, '--access-trace', dmCrypt, '--image'],
      /; found no --granule, --va-bits, --memory$/,
    ],
    [
      'memory too small for the use assumed',
      [...core, ...stream, '--granule', '4K', '--va-bits', '48', '--memory', '16M'],
      /^--memory: no free block /,
    ],
    [
      'a capture that is not there',
      [...core, ...stream, '--capture', 'nowhere'],
      'nowhere: expected the folder of a captured machine or of one of its scenarios, found no such file or directory',
    ],
    [
      'a capture that is a file',
      [...core, ...stream, '--capture', 'package.json'],
      /^package\.json: .* found a file$/,
    ],
    [
      'the folder of all captures',
      [...core, ...stream, '--capture', 'captures'],
      /^captures: .* found neither machine\.json nor trace\.txt$/,
    ],
    [
      'a trace that is not there',
      [...core, '--access-trace', 'nowhere.bin.br'],
      'nowhere.bin.br: expected a readable file, found no such file or directory',
    ],
    [
      'a trace without a machine',
      [...core, '--access-trace', 'package.json'],
      /^error: expected --capture, --machine, or --granule, --va-bits and --memory; found no package\.json\.machine\.json/,
    ],
  ])('%s', (_, args, line) => {
    const said = refusal(...args);
    if (typeof line === 'string') expect(said).toBe(line);
    else expect(said).toMatch(line);
  });

  const whole = readFileSync(join(root, dmCrypt));
  const trace = encodeTrace([{ accessClass: 2, write: false, page: 300n, instructions: 1n }]);

  test.each<[string, string, Uint8Array, RegExp]>([
    [
      'truncated',
      'a.bin.br',
      whole.subarray(0, 40_000),
      /expected complete brotli data, found the end at byte 40000$/,
    ],
    ['corrupt', 'a.bin.br', Buffer.from(whole).fill(0xff, 0, 8), /expected brotli data, found /],
    ['empty', 'a.bin.br', Buffer.alloc(0), /expected complete brotli data, found nothing$/],
    [
      'empty inside',
      'a.bin.br',
      brotliCompressSync(Buffer.alloc(0)),
      /byte 0: expected an access trace, found nothing$/,
    ],
    [
      'of something else',
      'a.bin',
      readFileSync(join(root, 'package.json')),
      /byte 0: expected a page that is /,
    ],
    ['cut in a record', 'a.bin', trace.subarray(0, -1), /byte 0: expected a whole record, found the end$/],
  ])('a trace that is %s', (_, name, bytes, line) => {
    const file = join(scratchFolder(), name);
    writeFileSync(file, bytes);
    const said = refusal(...memory, ...core, '--access-trace', file, '--config', 'pages');
    expect(said.startsWith(`${file}: `)).toBe(true);
    expect(said).toMatch(line);
  });
});
