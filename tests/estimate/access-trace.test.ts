import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readAccessTrace } from '../../src/estimate/access-trace.js';
import { TraceDecoder } from '../../src/estimate/trace-decoder.js';
import { InputError } from '../../src/io/input-error.js';
import { sharedFolder } from '../scratch-folder.js';
import { encodeTrace, type TraceRecord, wordOf } from './encode-trace.js';

const ACCESS = join(import.meta.dirname, '../../captures/access');
const folder = sharedFolder();

const RECORDS: TraceRecord[] = Array.from({ length: 100_000 }, (_, i) => ({
  accessClass: i % 2,
  write: i % 3 === 0,
  page: (0xfffn << 40n) + BigInt((i * 7919) % 100_003),
  instructions: BigInt(i % 200),
}));
const BYTES = encodeTrace(RECORDS);

async function readAll(path: string) {
  const decoder = new TraceDecoder();
  const words: BigUint64Array[] = [];
  let instructions = 0;
  for await (const chunk of readAccessTrace(path, decoder)) {
    words.push(chunk.words.slice());
    instructions += chunk.instructions;
  }
  return { words, instructions, records: decoder.records() };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function failure(path: string): Promise<string> {
  const error = await readAll(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  const { message } = error as InputError;
  expect(message.startsWith(`${path}: `)).toBe(true);
  expect(message).not.toContain('\n');
  return message.slice(path.length + 2);
}

describe('the traces that come with the project', () => {
  interface Row {
    name: string;
    records: number;
    instructions: number;
    accesses: number[];
  }
  const numbers = (text: string | undefined) =>
    (text ?? '').split('/').map((part) => Number(part.replaceAll(',', '')));
  const rows = readFileSync(join(ACCESS, 'README.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line): Row => {
      const cells = line.split('|').map((cell) => cell.trim());
      const [records = 0] = numbers(cells[4]);
      const [instructions = 0] = numbers(cells[5]);
      return {
        name: (cells[1] ?? '').replaceAll('`', ''),
        records,
        instructions,
        accesses: numbers(cells[6]),
      };
    });
  /** The table counts accesses; several of one page in a row are one record. */
  const byClass: Record<string, number[]> = {
    'memcached.bin.br': [6_790_939, 3_817_046, 1_692_966, 3_699_049],
    'dm-crypt-write.bin.br': [899_971, 520_230, 156_595, 423_204],
  };

  it('are all in the table', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(byClass).sort());
  });

  it.each(rows)(
    '$name has the totals that its README gives',
    async ({ name, records, instructions, accesses }) => {
      const read = await readAll(join(ACCESS, name));
      expect(read.words.reduce((sum, words) => sum + words.length, 0)).toBe(records);
      expect(read.instructions).toBe(instructions);
      const found = Object.values(read.records);
      expect(found).toEqual(byClass[name]);
      for (const [i, count] of found.entries()) expect(count).toBeLessThanOrEqual(accesses[i] ?? 0);
    },
  );
});

describe('a trace in a file', () => {
  it('is the same compressed and as it is', async () => {
    for (const path of [file('same.bin', BYTES), file('same.bin.br', brotliCompressSync(BYTES))]) {
      const { words } = await readAll(path);
      expect(words.flatMap((chunk) => [...chunk])).toEqual(RECORDS.map(wordOf));
    }
  });

  it('may be left in the middle', async () => {
    for await (const chunk of readAccessTrace(file('left.bin.br', brotliCompressSync(BYTES)))) {
      expect(chunk.words.length).toBeGreaterThan(0);
      break;
    }
  });
});

describe('a file that is no whole access trace', () => {
  const compressed = brotliCompressSync(BYTES);

  it('is missing, or a folder', async () => {
    expect(await failure(join(folder, 'missing.bin.br'))).toBe(
      'expected a readable file, found no such file or directory',
    );
    expect(await failure(folder)).toMatch(/^expected a readable file, found .*directory/);
  });

  it('is empty', async () => {
    expect(await failure(file('empty.bin', ''))).toBe('byte 0: expected an access trace, found nothing');
    expect(await failure(file('empty.bin.br', ''))).toBe('expected complete brotli data, found nothing');
    expect(await failure(file('nothing.bin.br', brotliCompressSync('')))).toBe(
      'byte 0: expected an access trace, found nothing',
    );
  });

  it('ends too early', async () => {
    const half = compressed.subarray(0, compressed.length / 2);
    expect(await failure(file('half.bin.br', half))).toBe(
      `expected complete brotli data, found the end at byte ${half.length}`,
    );
    expect(await failure(file('half.bin', BYTES.subarray(0, -1)))).toBe(
      `byte ${encodeTrace(RECORDS.slice(0, -1)).length}: expected a whole record, found the end`,
    );
  });

  it('is corrupt', async () => {
    const corrupt = Uint8Array.from(compressed);
    corrupt.fill(0xff, 1000, 1100);
    expect(await failure(file('corrupt.bin.br', corrupt))).toMatch(/expected/);
    expect(await failure(file('text.bin.br', 'no brotli at all, but words\n'))).toMatch(
      /^expected (complete )?brotli data, found /,
    );
  });

  it('is something else', async () => {
    const text = '{ "schema": "linmap.map/1" }\n'.repeat(100);
    const expected = /^byte \d+: expected /;
    expect(await failure(file('text.bin', text))).toMatch(expected);
    expect(await failure(file('json.bin.br', brotliCompressSync(text)))).toMatch(expected);
    expect(await failure(file('compressed.bin', compressed))).toMatch(expected);
  });
});
