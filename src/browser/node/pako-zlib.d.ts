// The parts of pako below its own surface: zlib's functions, which its class for streams uses wrongly on the second
// member of a file.

declare module 'pako/lib/zlib/zstream.js' {
  /** z_stream of zlib.h. */
  export default class ZStream {
    input: Uint8Array | null;
    next_in: number;
    avail_in: number;
    output: Uint8Array | null;
    next_out: number;
    avail_out: number;
    msg: string;
  }
}

declare module 'pako/lib/zlib/inflate.js' {
  import type ZStream from 'pako/lib/zlib/zstream.js';

  const inflating: {
    inflateInit2(stream: ZStream, windowBits: number): number;
    inflate(stream: ZStream, flush: number): number;
  };
  export default inflating;
}

declare module 'pako/lib/zlib/constants.js' {
  const constants: {
    readonly Z_NO_FLUSH: number;
    readonly Z_SYNC_FLUSH: number;
    readonly Z_STREAM_END: number;
    readonly Z_BUF_ERROR: number;
  };
  export default constants;
}

declare module 'pako/lib/deflate.js' {
  const deflating: { gzip(bytes: Uint8Array): Uint8Array };
  export default deflating;
}
