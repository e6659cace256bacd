import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tarFile } from '../capture/archive/tar-file.js';
import { scratchFolder } from '../scratch-folder.js';
import { main, root } from './linmap.js';
import { linmapHere, refusalHere } from './linmap-here.js';

const PTDUMP = 'captures/4k48-bbml2-ptdump';

let scratch: string;
let out: string;
beforeEach(() => {
  scratch = scratchFolder();
  out = join(scratch, 'out');
});

/** stderr of an import that is refused: one line, 2, nothing on stdout, nothing written. */
async function refusal(...args: string[]): Promise<string> {
  const before = readdirSync(scratch).sort();
  const line = await refusalHere('import', ...args, '-o', out);
  expect(readdirSync(scratch).sort()).toEqual(before);
  return line;
}

/** iomem, cpuinfo, meminfo, the trace, and kernel_page_tables before and after it, as the shipped capture has them. */
const SENT = [
  `${PTDUMP}/load-small/trace.txt.gz`,
  `${PTDUMP}/load-small/texts/kernel_page_tables.before.txt.gz`,
  `${PTDUMP}/load-small/texts/kernel_page_tables.after.txt.gz`,
  `${PTDUMP}/texts/iomem.txt`,
  `${PTDUMP}/texts/cpuinfo.txt`,
  `${PTDUMP}/texts/meminfo.txt`,
];

describe('what people have', () => {
  test('texts of a real machine become a capture that replays equal', async () => {
    const { code, stdout, stderr } = await linmapHere('import', ...SENT, '-o', out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^granule +4 KiB +derived +kernel_page_tables\.before\.txt\.gz: sizes of its ranges$/m,
    );
    expect(stdout).toMatch(/^memory +2 GiB in 1 bank +read +iomem\.txt: System RAM$/m);
    expect(stdout).toMatch(/^midr +0xc00fac30 +read +cpuinfo\.txt: CPU 0$/m);
    expect(stdout).toMatch(/^before\.map\.json +rebuilt from a text$/m);
    expect(stdout).toMatch(/^trace\.txt +tracefs text, 2\s835 events in 2\s847 lines, none lost$/m);
    expect(stdout).toContain(`linmap replay ${out}\n`);
    const replayed = await linmapHere('replay', out, '--json');
    expect(replayed.code).toBe(0);
    expect(JSON.parse(replayed.stdout)).toMatchObject({ equal: true, events: 2835, applied: 462 });
    for (const name of ['before', 'after']) {
      expect(readFileSync(join(out, `${name}.map.json`), 'utf8')).toBe(
        readFileSync(join(root, PTDUMP, 'load-small', `${name}.map.json`), 'utf8'),
      );
    }
  });

  test('a memory image becomes its map, exactly', async () => {
    const { code, stdout } = await linmapHere('import', 'captures/core/4k-bbml2-kaslr.elf.gz', '-o', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^boot\.map\.json +read, exact \(captures\/core\/4k-bbml2-kaslr\.elf\.gz\)$/m);
    expect(readFileSync(join(out, 'boot.map.json'), 'utf8')).toBe(
      readFileSync(join(root, 'captures/core/4k-bbml2-kaslr.map.json'), 'utf8'),
    );
  });

  test('files of /proc, which have no size', async () => {
    const options = [
      '--granule',
      '4K',
      '--va-bits',
      '48',
      '--midr',
      '0xc00fac30',
      '--memory',
      '0x40000000+2G',
    ];
    const { code, stderr } = await linmapHere('import', '/proc/meminfo', ...options, '-o', out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readFileSync(join(out, 'texts/meminfo.txt'), 'utf8')).toMatch(/^MemTotal: /);
  });

  test('options that say what no file does', async () => {
    const options = [
      '--granule',
      '64K',
      '--va-bits',
      '48',
      '--midr',
      'c00fac30',
      '--rodata',
      'off',
      '--kfence',
      'late',
    ];
    const banks = ['--memory', '0x80000000+2G', '--memory', '0x8000000000:64G'];
    const { code } = await linmapHere(
      'import',
      `${PTDUMP}/texts/cpuinfo.txt`,
      ...options,
      ...banks,
      '-o',
      out,
    );
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(out, 'machine.json'), 'utf8'))).toMatchObject({
      granule: 65536,
      rodataFull: false,
      kfenceEarlyInit: false,
      memory: [
        { start: '0x80000000', size: '0x80000000' },
        { start: '0x8000000000', size: '0x1000000000' },
      ],
      facts: { granule: { kind: 'given', from: '--granule' }, memory: { kind: 'given', from: '--memory' } },
    });
  });
});

test('--json prints the document of docs/import.md and nothing else', async () => {
  const { code, stdout, stderr } = await linmapHere('import', ...SENT, '-o', out, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const text = z.string();
  const count = z.int().min(0);
  const document = z.strictObject({
    schema: z.literal('linmap.import/1'),
    directory: z.literal(out),
    granule: z.literal(4096),
    vaBits: z.literal(48),
    facts: z.array(
      z.strictObject({
        fact: text,
        value: z.unknown(),
        kind: z.enum(['read', 'derived', 'assumed', 'given']),
        from: text,
      }),
    ),
    maps: z.array(
      z.strictObject({
        role: text,
        file: text,
        origin: z.enum(['read', 'rebuilt', 'built']),
        from: text,
        assumed: z.array(text),
        leafRuns: count,
        tables: count,
      }),
    ),
    trace: z.looseObject({ format: text, lines: count, events: count, lost: z.array(count) }),
    missing: z.array(z.strictObject({ name: text, reason: text })),
    files: z.array(z.strictObject({ name: text, kind: text, role: text.nullable(), copy: text.nullable() })),
    unused: z.array(z.strictObject({ name: text, reason: text })),
    limits: z.array(text),
    warnings: z.array(text),
    next: z.array(text),
  });
  const { facts, maps, files, next } = document.parse(JSON.parse(stdout));
  expect(facts).toContainEqual({
    fact: 'midr',
    value: '0xc00fac30',
    kind: 'read',
    from: 'cpuinfo.txt: CPU 0',
  });
  expect(maps.map(({ role, tables }) => [role, tables])).toEqual([
    ['before', 7],
    ['after', 13],
  ]);
  expect(files.map(({ kind }) => kind).sort()).toEqual(
    ['cpuinfo', 'iomem', 'meminfo', 'ptdump', 'ptdump', 'trace'].sort(),
  );
  expect(next).toEqual([`linmap replay ${out}`, `linmap inspect ${out}`]);
});

describe('what is refused', () => {
  test('no place to write, nothing to read, nothing that exists', async () => {
    const noPlace = await linmapHere('import', `${PTDUMP}/texts/iomem.txt`);
    expect(noPlace.code).toBe(2);
    expect(noPlace.stderr).toContain("required option '-o, --out <dir>' not specified");
    expect(await refusal()).toBe('error: expected files, folders or archives to import, found none');
    expect(await refusal('nowhere')).toBe(
      'nowhere: expected a file or folder, found no such file or directory',
    );
  });

  test.each([
    [['--granule', '8K'], 'Expected 4K, 16K or 64K.'],
    [['--midr', '0'], 'Expected MIDR_EL1 in hex, such as 0xc00fac30.'],
    [['--memory', '2G'], 'Expected START+SIZE or START-END, such as 0x40000000+2G.'],
    [['--memory', '0x4000-0x4000'], 'Expected an end above the start.'],
    [['--phys-offset', '0xffff000000000000'], 'Expected a physical address, below 2^52.'],
    [['--probe', 'x'], 'Expected NAME=FUNCTION, found "x".'],
    [['--before', 'x', '--after', 'x'], 'expected two different files for --before and --after, found one'],
  ])('%j', async (options, expected) => {
    expect(await refusal(`${PTDUMP}/texts/iomem.txt`, ...options)).toContain(expected);
  });

  test('what no file says is asked for by the name of its option', async () => {
    expect(await refusal(`${PTDUMP}/texts/iomem.txt`)).toMatch(
      /iomem\.txt: expected --granule 4K, 16K or 64K: /,
    );
  });

  test('what cannot be is refused by the name of where it is from', async () => {
    const texts = join(root, PTDUMP, 'texts');
    expect(await refusal(texts, '--va-bits', '47')).toBe(
      '--va-bits: vaBits: expected one of 39, 48, 52 for the 4K granule, found 47',
    );
    expect(await refusal(texts, '--phys-offset', '0x1234')).toMatch(/^--phys-offset: physOffset: expected /);
  });

  test('an archive that reaches outside', async () => {
    const archive = join(scratch, 'a.tar.gz');
    writeFileSync(archive, gzipSync(tarFile([{ name: '../../evil', data: 'x' }])));
    expect(await refusal(archive)).toBe(
      `${archive}: entry "../../evil": expected a path inside the archive, found a path with ".."`,
    );
  });

  test('a trace that breaks off in the middle of its gzip data', async () => {
    const trace = join(scratch, 'trace.txt.gz');
    writeFileSync(trace, readFileSync(join(root, PTDUMP, 'load-small/trace.txt.gz')).subarray(0, 5000));
    expect(await refusal(trace, ...SENT.slice(1))).toBe(
      `${trace}: expected complete gzip data, found an end in the middle`,
    );
  });

  test('a folder with something in it, and, with --force, one that is no import', async () => {
    mkdirSync(out);
    writeFileSync(join(out, 'mine'), 'x');
    expect(await refusal(...SENT)).toBe(
      `${out}: expected a new or empty folder, found files in it (--force replaces an import)`,
    );
    expect(await refusal(...SENT, '--force')).toBe(
      `${out}: expected an earlier import to replace, found other files`,
    );
    expect(readdirSync(out)).toEqual(['mine']);
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s leaves nothing behind', async (signal) => {
  const archive = join(scratch, 'large.tar');
  copyFileSync(join(root, PTDUMP, 'texts/iomem.txt'), join(scratch, 'iomem.txt'));
  // Large enough to be interrupted; of no kind that an import knows.
  const noise = Buffer.alloc(64 * 2 ** 20, 'no archive, no trace\n');
  const many = Array.from({ length: 2 }, (_, at) => ({ name: `noise-${at}`, data: noise }));
  writeFileSync(archive, tarFile(many));
  const child = spawn(process.execPath, [main, 'import', archive, '-o', out], { cwd: root, stdio: 'ignore' });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('exit', (code, by) => resolve([code, by]));
  });
  while (readdirSync(scratch).length < 3 && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill(signal);
  const [code, by] = await ended;
  expect(code ?? by).toBe(signal === 'SIGINT' ? 130 : 'SIGTERM');
  expect(readdirSync(scratch).sort()).toEqual(['iomem.txt', 'large.tar']);
});
