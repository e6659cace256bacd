import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STREAM_NAMES } from '../../src/estimate/streams/index.js';
import { CORES } from '../../src/machine/cores/presets/catalogue.js';
import { encodeTrace, type TraceRecord } from '../estimate/encode-trace.js';
import { scratchFolder } from '../scratch-folder.js';
import { root } from './linmap.js';
import { linmapHere } from './linmap-here.js';
import { ALL, core, dmCrypt, MAIN, memcached, memory } from './tlb-arguments.js';
import { configuration, levelAnswer, tlbDocument } from './tlb-document.js';
import { workingHelp } from './working-help.js';

async function tlb(...args: string[]) {
  const { code, stdout, stderr } = await linmapHere('tlb', ...args, '--json');
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

describe('a generated stream', () => {
  test('over every configuration, with numbers that fit together', async () => {
    const { document } = await tlb(
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

  test('a scan of more pages than entries misses every time, and in blocks nearly never', async () => {
    const stream = ['--stream', 'sequential:size=1G,run=0', '--accesses', '100000'];
    const { of } = await tlb(...memory, ...core, ...stream, '--config', 'on,pages');
    expect(of('pages')).toMatchObject({ l2Misses: 100_000, coldMisses: 100_000, mpki: { linearMap: 200 } });
    expect(of('pages')).toMatchObject({ lruMisses: 100_000, pointsOverLru: 0 });
    // 400 MB are at most 14 leaves of 32 MiB.
    expect(of('on').walks).toBeLessThanOrEqual(14);
  });

  test('theory stands beside it, or why it does not', async () => {
    const stream = ['--stream', 'zipf:s=1.2,size=256M', '--accesses', '100000', '--config', 'pages'];
    const { l1, l2, dataAccesses } = (await tlb(...memory, ...core, ...stream)).of('pages').analytic;
    expect(dataAccesses).toBe(100_000);
    for (const answer of [l1, l2]) {
      expect(answer).toMatchObject({ closedForm: 'Zipf', noClosedForm: null, noStackAnswer: null });
      expect(Math.abs(answer.stackPoints ?? Infinity)).toBeLessThan(1);
      expect(Math.abs(answer.closedFormPoints ?? Infinity)).toBeLessThan(1);
    }
    const { stdout } = await linmapHere('tlb', ...memory, '--core', 'a64fx', ...stream);
    expect(stdout).toContain('No answer by stack distances: FIFO.');
    expect(stdout).toContain('No closed answer: FIFO.');
  });

  test('the seed decides', async () => {
    const walks = async (seed: string) => {
      const stream = ['--stream', 'zipf', '--accesses', '20000', '--seed', seed, '--config', 'pages'];
      return (await tlb(...memory, ...core, ...stream)).of('pages').walks;
    };
    const first = await walks('7');
    expect(await walks('7')).toBe(first);
    expect(await walks('8')).not.toBe(first);
  });

  test('without instructions there are no rates', async () => {
    const stream = ['--stream', 'uniform:instructions=0', '--accesses', '1000', '--config', 'pages'];
    const { document, of } = await tlb(...memory, ...core, ...stream);
    expect(document.stream.instructions).toBeNull();
    expect(of('pages')).toMatchObject({ mpki: null, exposedCyclesPer1000Instructions: null });
  });

  test('instructions are counted exactly', async () => {
    const stream = ['--stream', 'network', '--accesses', '100000', '--config', 'pages'];
    expect((await tlb(...memory, ...core, ...stream)).document.stream.instructions).toBe(460_000);
  });

  test('configurations come in the order asked for', async () => {
    const some = ['--stream', 'chase', '--accesses', '9', '--config', 'on,pages'];
    const { document } = await tlb(...memory, ...core, ...some);
    expect(document.configurations.map(({ id }) => id)).toEqual(['on', 'pages']);
  });

  test('on a core of my own', async () => {
    const file = join(scratchFolder(), 'mine.json');
    writeFileSync(file, JSON.stringify({ ...CORES[0], id: 'mine' }));
    const stream = ['--stream', 'chase', '--accesses', '1000', '--config', 'pages'];
    expect((await tlb(...memory, '--core', file, ...stream)).document.core).toBe('mine');
    expect((await linmapHere('tlb', ...memory, '--core', file, ...stream)).stdout).toContain(
      `: linmap cores ${file}`,
    );
  });
});

describe('a capture', () => {
  const stream = ['--stream', 'zipf', '--accesses', '50000'];

  test('a scenario: what it leaves is what its trace did', async () => {
    const { document, of } = await tlb('--capture', 'captures/4k-bbml2/load-small', ...core, ...stream);
    expect(document.machine).toBe('4k-bbml2');
    expect(document.configurations.map(({ id }) => id)).toEqual(ALL);
    for (const id of ALL.filter((one) => !['pages', 'blocks', 'on'].includes(one))) {
      expect(of(id).title).toMatch(/, after 4k-bbml2\/load-small$/);
    }
    expect(of('blocks').walks).toBeLessThanOrEqual(of('blocks-after').walks);
    expect(of('blocks-after').walks).toBeLessThan(of('pages').walks);
    expect(of('page-basis').walks).toBe(of('blocks-after').walks);
  });

  test('a machine: its maps after assumed use', async () => {
    const { of } = await tlb(
      '--capture',
      'captures/4k-bbml2',
      ...core,
      ...stream,
      '--config',
      'blocks-after',
    );
    expect(of('blocks-after').title).toMatch(/, after use$/);
  });

  test('a machine in pages is said to be in pages', async () => {
    const { stdout } = await linmapHere(
      'tlb',
      '--capture',
      'captures/4k-pages/load-small',
      ...core,
      ...stream,
    );
    expect(stdout).toContain('The captured map is in pages: so is blocks-after');
  });
});

describe('an access trace', () => {
  test('of a real kernel, on the machine beside it', async () => {
    const { document, of } = await tlb('--access-trace', dmCrypt, ...core, '--config', MAIN.join(','));
    expect(document.machine).toBe('dm-crypt-write');
    expect(document.stream).toMatchObject({ file: dmCrypt, accesses: 2_000_000, instructions: 11_872_038 });
    expect(of('pages').mpki?.kernel).toBeGreaterThan(of('blocks').mpki?.kernel ?? Infinity);
    expect(of('pages').faults).toBe(0);
  });

  test('cut short: in whole pieces', async () => {
    const args = ['--access-trace', memcached, ...core, '--accesses', '100000', '--config', 'pages'];
    const { accesses } = (await tlb(...args)).document.stream;
    expect(accesses).toBeGreaterThanOrEqual(100_000);
    expect(accesses).toBeLessThan(200_000);
  });

  test('each class is counted', async () => {
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
    const { document, of } = await tlb('--access-trace', file, ...core, '--config', 'pages');
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

  test('of a machine with another layout: a warning counts what finds no leaf', async () => {
    const args = ['--granule', '64K', '--va-bits', '52', '--memory', '8G', '--accesses', '50000'];
    const { code, stderr } = await linmapHere('tlb', '--access-trace', memcached, ...core, ...args);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: [\d\u202f]+ of [\d\u202f]+ accesses found no leaf in the map 'pages'/m);
  });
});

describe('for people', () => {
  test('two tables and what to think of them', async () => {
    const { stdout } = await linmapHere(
      'tlb',
      ...memory,
      ...core,
      '--stream',
      'network',
      '--accesses',
      '100000',
    );
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

  test('--help lists cores and streams with their parameters, and its examples work', async () => {
    const { text, examples } = await workingHelp('tlb');
    for (const { id } of CORES) expect(text).toContain(id);
    for (const name of STREAM_NAMES) expect(text).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
    expect(text).toMatch(/^ {4}s=0\.99 {2}exponent$/m);
    expect(examples).toBe(3);
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
