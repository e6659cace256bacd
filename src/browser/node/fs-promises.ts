// node:fs/promises over files in memory.
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync } from './fs.js';

export async function open(path: string, flags: string) {
  const descriptor = openSync(path, flags);
  return {
    stat: async () => fstatSync(descriptor),
    read: async (buffer: Uint8Array, offset: number, length: number, position: number) => ({
      buffer,
      bytesRead: readSync(descriptor, buffer, offset, length, position),
    }),
    close: async () => closeSync(descriptor),
  };
}

export async function rename(from: string, to: string): Promise<void> {
  renameSync(from, to);
}

export async function rm(path: string): Promise<void> {
  rmSync(path);
}
