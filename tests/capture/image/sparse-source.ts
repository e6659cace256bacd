/** A core file read from its pieces, so that files of any size cost no memory. */
import type { ImageSource } from '../../../src/capture/image/image-source.js';
import type { CoreFile } from './core-file.js';

export class SparseSource implements ImageSource {
  readonly name = 'memory.elf';
  readonly size: number | null;
  /** Called before each read, for tests that change the tables meanwhile. */
  beforeRead: () => void = () => {};

  /** @param live as /proc/kcore: it may change, and its size is not known */
  constructor(
    readonly file: CoreFile,
    readonly live = false,
  ) {
    this.size = live ? null : file.size;
  }

  read(into: Uint8Array, position: number): number {
    this.beforeRead();
    const bytes = Math.max(0, Math.min(into.length, this.file.size - position));
    into.fill(0, 0, bytes);
    for (const { offset, bytes: piece } of this.file.pieces) {
      const from = Math.max(position, offset);
      const to = Math.min(position + bytes, offset + piece.length);
      if (from < to) into.set(piece.subarray(from - offset, to - offset), from - position);
    }
    return bytes;
  }

  close(): void {}
}
