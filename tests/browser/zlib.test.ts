// gzip in the page against Node's: the same bytes, and the same words where they are damaged.
import {
  constants,
  createGunzip as createNodeGunzip,
  gunzipSync as nodeGunzip,
  gzipSync as nodeGzip,
} from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGunzip, gunzipSync, gzipSync } from '../../src/browser/node/zlib.js';

/** Compressible and not, short and longer than any buffer. */
const contents: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 500 }),
  fc
    .record({ byte: fc.nat(255), length: fc.constantFrom(100, 65_536, 300_000) })
    .map(({ byte, length }) => new Uint8Array(length).fill(byte)),
  fc.constantFrom(40_000, 200_000).map((length) => Uint8Array.from({ length }, (_, at) => (at * at) >>> 5)),
);

function attempt(work: () => Uint8Array): { bytes: Buffer } | { code: unknown; message: string } {
  try {
    return { bytes: Buffer.from(work()) };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code, message: (error as Error).message };
  }
}

async function throughStream(data: Uint8Array, chunk: number) {
  const stage = createGunzip();
  stage.from(
    (async function* () {
      for (let at = 0; at < data.length; at += chunk) yield data.subarray(at, at + chunk);
    })(),
  );
  const pieces: Uint8Array[] = [];
  for await (const piece of stage) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

describe('gunzipSync', () => {
  test('gives back what was compressed, by either', () => {
    fc.assert(
      fc.property(contents, (bytes) => {
        expect(gunzipSync(nodeGzip(bytes)).equals(bytes)).toBe(true);
        expect(nodeGunzip(gzipSync(bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('joins members', () => {
    fc.assert(
      fc.property(contents, contents, (one, other) => {
        const joined = Buffer.concat([nodeGzip(one), nodeGzip(other)]);
        expect(gunzipSync(joined).equals(Buffer.concat([one, other]))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('fails as Node does where the data ends early or is damaged', () => {
    const cut = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(contents, cut, (bytes, part) => {
        const data = nodeGzip(bytes);
        const short = data.subarray(0, Math.max(1, Math.floor(data.length * part)));
        expect(attempt(() => gunzipSync(short))).toEqual(attempt(() => nodeGunzip(short)));
        const wrong = Buffer.from(data);
        const at = 10 + Math.floor((wrong.length - 10) * part);
        wrong[at] = (wrong[at] ?? 0) ^ 0x55;
        expect(attempt(() => gunzipSync(wrong))).toEqual(attempt(() => nodeGunzip(wrong)));
      }),
      { numRuns: 60 },
    );
  });

  test('gives what there is where an end in the middle is no error', () => {
    const finishFlush = constants.Z_SYNC_FLUSH;
    fc.assert(
      fc.property(contents, fc.double({ min: 0.1, max: 1, noNaN: true }), (bytes, part) => {
        const data = nodeGzip(bytes);
        const short = data.subarray(0, Math.max(20, Math.floor(data.length * part)));
        expect(gunzipSync(short, { finishFlush }).equals(nodeGunzip(short, { finishFlush }))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('stops at the length that is allowed', () => {
    const data = nodeGzip(new Uint8Array(1_000_000));
    expect(attempt(() => gunzipSync(data, { maxOutputLength: 500_000 }))).toMatchObject({
      code: 'ERR_BUFFER_TOO_LARGE',
    });
  });
});

describe('createGunzip', () => {
  test('gives back what was compressed, however it comes in', async () => {
    await fc.assert(
      fc.asyncProperty(contents, contents, fc.integer({ min: 1, max: 70_000 }), async (one, other, chunk) => {
        const data = Buffer.concat([nodeGzip(one), nodeGzip(other)]);
        const pieces = Math.max(chunk, Math.ceil(data.length / 1000));
        expect((await throughStream(data, pieces)).equals(Buffer.concat([one, other]))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('fails as Node does where the data ends early', async () => {
    const short = nodeGzip('a'.repeat(10_000)).subarray(0, 30);
    const node = createNodeGunzip();
    const failed = new Promise((_, reject) => node.on('error', reject));
    node.resume().end(short);
    const expected = (await failed.catch((error: unknown) => error)) as Error;
    await expect(throughStream(short, 10)).rejects.toThrow(expected.message);
  });
});
