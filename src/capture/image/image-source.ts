// Where the bytes of a memory image come from: read by position, never as a whole.
import { InputError } from '../../io/input-error.js';

export interface ImageSource {
  /** The file as the person named it. */
  readonly name: string;
  /** Bytes in all; null where only reading tells (/proc/kcore reports nothing or far too much). */
  readonly size: number | null;
  /** Whether what it holds may change while it is read. */
  readonly live: boolean;
  /** Reads from `position` into `into`. @returns the bytes read, 0 at the end */
  read(into: Uint8Array, position: number): number;
  close(): void;
}

/** Bytes that are in memory already. */
export class MemorySource implements ImageSource {
  readonly live = false;
  readonly size: number;

  constructor(
    readonly name: string,
    private readonly bytes: Uint8Array,
  ) {
    this.size = bytes.length;
  }

  read(into: Uint8Array, position: number): number {
    const part = this.bytes.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }

  close(): void {}
}

/**
 * Fills `into` from `position`.
 * @param what what lies there, for the message
 * @throws InputError where the file ends before.
 */
export function readExactly(source: ImageSource, into: Uint8Array, position: number, what: string): void {
  let done = 0;
  while (done < into.length) {
    const bytes = source.read(into.subarray(done), position + done);
    if (bytes === 0) {
      const place = `0x${position.toString(16)}`;
      throw new InputError(
        source.name,
        null,
        `expected ${what} at offset ${place}, found the end of the file`,
      );
    }
    done += bytes;
  }
}
