// node:zlib as far as gzip goes, over pako: zlib itself in JavaScript, whose errors read the same.
import { Buffer } from 'node:buffer';
import deflating from 'pako/lib/deflate.js';
import codes from 'pako/lib/zlib/constants.js';
import inflating from 'pako/lib/zlib/inflate.js';
import ZStream from 'pako/lib/zlib/zstream.js';

export const constants = { Z_SYNC_FLUSH: codes.Z_SYNC_FLUSH } as const;

/** Of zlib's windowBits: 15 bits of window, 16 for a gzip header. */
const GZIP = 15 + 16;
const CHUNK = 1 << 16;

interface GunzipOptions {
  maxOutputLength?: number;
  /** Z_SYNC_FLUSH: data that ends in the middle is no error. */
  finishFlush?: number;
}

/** Decompresses gzip data in pieces, one member after the other. */
class Unzipping {
  #member: ZStream | null = null;
  /** The last member has come to its end. */
  isWhole = false;

  /** What these bytes decompress to. @throws Error as node:zlib does, for data that is corrupt */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    let at = 0;
    while (at < bytes.length) {
      // What follows the last member is padding where it begins with a zero, and another member where it does not.
      if (this.isWhole && bytes[at] === 0) return;
      const member = this.isWhole || this.#member === null ? newMember() : this.#member;
      this.#member = member;
      this.isWhole = false;
      member.input = bytes;
      member.next_in = at;
      member.avail_in = bytes.length - at;
      yield* this.#inflate(member);
      at = member.next_in;
    }
  }

  /** To the end of the input or of the member. */
  *#inflate(member: ZStream): Generator<Uint8Array> {
    do {
      const output = new Uint8Array(CHUNK);
      Object.assign(member, { output, next_out: 0, avail_out: CHUNK });
      const status = inflating.inflate(member, codes.Z_NO_FLUSH);
      if (member.next_out > 0) yield output.subarray(0, member.next_out);
      this.isWhole = status === codes.Z_STREAM_END;
      if (status < 0 && status !== codes.Z_BUF_ERROR) throw dataError(member.msg);
    } while (!this.isWhole && (member.avail_in > 0 || member.avail_out === 0));
  }
}

function newMember(): ZStream {
  const member = new ZStream();
  inflating.inflateInit2(member, GZIP);
  return member;
}

function dataError(message: string): Error {
  return Object.assign(new Error(message), { code: 'Z_DATA_ERROR' });
}

function endError(): Error {
  return Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' });
}

export function gunzipSync(bytes: Uint8Array, options: GunzipOptions = {}): Buffer {
  const { maxOutputLength = Number.POSITIVE_INFINITY, finishFlush } = options;
  const unzipping = new Unzipping();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let at = 0; at < bytes.length; at += CHUNK) {
    for (const piece of unzipping.push(bytes.subarray(at, at + CHUNK))) {
      length += piece.length;
      pieces.push(piece);
    }
    if (length > maxOutputLength) {
      const message = `Cannot create a Buffer larger than ${maxOutputLength} bytes`;
      throw Object.assign(new RangeError(message), { code: 'ERR_BUFFER_TOO_LARGE' });
    }
  }
  if (finishFlush !== constants.Z_SYNC_FLUSH && !unzipping.isWhole) throw endError();
  return Buffer.concat(pieces);
}

export function gzipSync(data: string | Uint8Array): Buffer {
  return Buffer.from(deflating.gzip(Buffer.from(data)));
}

/** A stage between a source and who iterates over it. */
class Stage {
  #source: AsyncIterable<Uint8Array> | null = null;

  constructor(private readonly convert: (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Buffer>) {}

  from(source: AsyncIterable<Uint8Array>): void {
    this.#source = source;
  }

  /** Errors of the source come out of the iteration. */
  destroy(): void {}

  [Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    if (this.#source === null) throw new Error('nothing was piped into this');
    return this.convert(this.#source);
  }
}

export function createGunzip(): Stage {
  return new Stage(async function* (source) {
    const unzipping = new Unzipping();
    for await (const chunk of source) {
      for (const piece of unzipping.push(chunk))
        yield Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    }
    if (!unzipping.isWhole) throw endError();
  });
}

export function createGzip(): Stage {
  return new Stage(async function* (source) {
    const pieces: Uint8Array[] = [];
    for await (const chunk of source) pieces.push(chunk);
    yield gzipSync(Buffer.concat(pieces));
  });
}
