import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceDecoder, TraceFormatError } from '../../src/estimate/trace-decoder.js';
import { encodeTrace, type TraceRecord, varint, wordOf } from './encode-trace.js';

const KERNEL_HALF = 0xfffn << 40n;

const page = (kernel: boolean) =>
  fc.bigInt({ min: 0n, max: 2n ** 40n - 1n }).map((low) => (kernel ? KERNEL_HALF + low : low));
const record = fc.integer({ min: 0, max: 3 }).chain((accessClass) =>
  fc.record({
    accessClass: fc.constant(accessClass),
    write: fc.boolean(),
    page: accessClass === 3 ? fc.boolean().chain(page) : page(accessClass < 2),
    instructions: fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 2n ** 45n })),
  }),
);

function decodeAll(decoder: TraceDecoder, pieces: Iterable<Uint8Array>) {
  const words: bigint[] = [];
  let instructions = 0;
  for (const piece of pieces) {
    for (const chunk of decoder.decode(piece)) {
      words.push(...chunk.words);
      instructions += chunk.instructions;
    }
  }
  return { words, instructions };
}

function expectRecords(records: readonly TraceRecord[], pieces: Iterable<Uint8Array>) {
  const decoder = new TraceDecoder();
  const { words, instructions } = decodeAll(decoder, pieces);
  expect(words).toEqual(records.map(wordOf));
  expect(instructions).toBe(Number(records.reduce((sum, one) => sum + one.instructions, 0n)));
  const count = (accessClass: number) => records.filter((one) => one.accessClass === accessClass).length;
  expect(Object.values(decoder.records())).toEqual([count(0), count(1), count(2), count(3)]);
  return decoder;
}

const KERNEL_TOUCH: TraceRecord = { accessClass: 0, write: true, page: KERNEL_HALF + 5n, instructions: 9n };

describe('a trace', () => {
  it('comes back as the words of its records', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 200 }), (records) => {
        expectRecords(records, [encodeTrace(records)]).end();
      }),
    );
  });

  it('may be cut anywhere, twice', () => {
    const cuts = fc.tuple(fc.array(record, { minLength: 1, maxLength: 12 }), fc.nat(), fc.nat());
    fc.assert(
      fc.property(cuts, ([records, one, other]) => {
        const bytes = encodeTrace(records);
        const [from, to] = [one % (bytes.length + 1), other % (bytes.length + 1)].sort((a, b) => a - b);
        const pieces = [bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)];
        expectRecords(records, pieces).end();
      }),
      { numRuns: 300 },
    );
  });

  it('may come byte by byte', () => {
    const records = fc.sample(record, { numRuns: 50, seed: 1 });
    const bytes = encodeTrace(records);
    expectRecords(
      records,
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
    ).end();
  });

  it('may be longer than what the core takes at once', () => {
    const records = fc.sample(record, { numRuns: 40_000, seed: 2 });
    expectRecords(records, [encodeTrace(records)]).end();
  });

  it('goes between the ends of the address space, 57 bits of varint', () => {
    const fetch = (at: bigint): TraceRecord => ({
      accessClass: 3,
      write: false,
      page: at,
      instructions: 0n,
    });
    const records = [fetch(2n ** 52n - 1n), fetch(0n), fetch(2n ** 52n - 1n)];
    expectRecords(records, [encodeTrace(records)]).end();
  });
});

describe('a wrong record', () => {
  const failure = (bytes: Uint8Array, decoder = new TraceDecoder()): TraceFormatError => {
    try {
      decodeAll(decoder, [bytes]);
      decoder.end();
    } catch (error) {
      if (error instanceof TraceFormatError) return error;
      throw error;
    }
    throw new Error('nothing was wrong');
  };
  const good = encodeTrace([KERNEL_TOUCH, KERNEL_TOUCH]);
  const goodThen = (...bytes: number[]) => failure(Uint8Array.from([...good, ...bytes]));

  it('has a varint of more than 57 bits', () => {
    expect(goodThen(...varint(2n ** 57n), 0).message).toBe(
      `byte ${good.length}: expected a varint of at most 57 bits`,
    );
    expect(goodThen(...varint(2n ** 57n - 8n), 0).expected).not.toContain('varint');
    expect(goodThen(0, ...varint(2n ** 57n)).offset).toBe(good.length);
    expect(goodThen(...Array<number>(30).fill(0x80)).expected).toBe('a varint of at most 57 bits');
  });

  it('has a page that is no 52-bit number', () => {
    const outside = varint(2n * 2n ** 52n * 8n);
    expect(goodThen(...outside, 0).message).toBe(
      `byte ${good.length}: expected a page that is a 52-bit number`,
    );
  });

  it('has a page where its class cannot be', () => {
    expect(goodThen(0x04, 0, 0x02, 0).offset).toBe(good.length + 2);
    const userData = { accessClass: 2, write: false, page: KERNEL_HALF, instructions: 0n };
    const noHalf = { accessClass: 3, write: false, page: 1n << 45n, instructions: 0n };
    for (const wrong of [userData, noHalf, { ...KERNEL_TOUCH, page: 1n }]) {
      expect(failure(encodeTrace([wrong])).message).toMatch(
        /^byte 0: expected a kernel page for classes 0 and 1/,
      );
    }
  });

  it('is cut by the end', () => {
    expect(failure(good.subarray(0, -1)).message).toBe(
      `byte ${good.length - 2}: expected a whole record, found the end`,
    );
    expect(goodThen(0x81).message).toBe(`byte ${good.length}: expected a whole record, found the end`);
  });

  it('comes after all that is right was given out', () => {
    const decoder = new TraceDecoder();
    const words: bigint[] = [];
    expect(() => {
      for (const chunk of decoder.decode(Uint8Array.from([...good, 2, 0]))) words.push(...chunk.words);
    }).toThrow(TraceFormatError);
    expect(words).toEqual([wordOf(KERNEL_TOUCH), wordOf(KERNEL_TOUCH)]);
  });
});
