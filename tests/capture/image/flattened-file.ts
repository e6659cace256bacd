/** makedumpfile's flattened format: pieces in the order they were written, the header written twice. */
import type { CoreFile } from './core-file.js';

export function flattened({ pieces, size }: CoreFile): Buffer {
  const header = Buffer.alloc(4096);
  header.write('makedumpfile');
  header.writeBigInt64BE(1n, 16);
  header.writeBigInt64BE(1n, 24);
  const [first, ...others] = pieces;
  if (first === undefined) throw new Error('a core has a header');
  const early = { offset: first.offset, bytes: new Uint8Array(first.bytes.length).fill(0xff) };
  const last = { offset: size - 1, bytes: new Uint8Array(1) };
  return Buffer.concat([
    header,
    ...[early, ...others.toReversed(), last, first].flatMap(({ offset, bytes }) => [
      record(offset, bytes.length),
      bytes,
    ]),
    record(-1, -1),
  ]);
}

function record(offset: number, size: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigInt64BE(BigInt(offset), 0);
  head.writeBigInt64BE(BigInt(size), 8);
  return head;
}
