// What an archive looks like from its first bytes.

const BLOCK = 512;
const CHECKSUM = { at: 148, size: 8 };

/** Whether these bytes, decompressed, begin a tar archive: a header block whose checksum is right. */
export function isArchive(head: Uint8Array): boolean {
  if (head.length < BLOCK) return false;
  const field = Buffer.from(head.subarray(CHECKSUM.at, CHECKSUM.at + CHECKSUM.size)).toString('latin1');
  const stated = /^[ \0]*([0-7]+)[ \0]*$/.exec(field)?.[1];
  if (stated === undefined) return false;
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) {
    const inChecksum = at >= CHECKSUM.at && at < CHECKSUM.at + CHECKSUM.size;
    sum += inChecksum ? 0x20 : (head[at] as number);
  }
  return sum === Number.parseInt(stated, 8);
}

/** Formats that are not read here, by their first bytes. */
const FOREIGN: readonly { name: string; magic: readonly number[] }[] = [
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68] },
  { name: 'lz4', magic: [0x04, 0x22, 0x4d, 0x18] },
  { name: 'zip', magic: [0x50, 0x4b, 0x03, 0x04] },
  { name: '7z', magic: [0x37, 0x7a, 0xbc, 0xaf] },
];

/** The name of a compressed or archive format that has to be unpacked by other means; null for anything else. */
export function foreignFormat(head: Uint8Array): string | null {
  const found = FOREIGN.find(({ magic }) => magic.every((byte, at) => head[at] === byte));
  return found?.name ?? null;
}
