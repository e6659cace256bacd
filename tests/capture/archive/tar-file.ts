// Tar archives written by hand, block by block, so that they may say what no tar program would.

export interface TarEntry {
  name: string;
  data?: string | Uint8Array;
  /** Type flag: '0' file (default), '1' hard link, '2' symbolic link, '3' character device, '5' folder… */
  type?: string;
  link?: string;
  /** Stated size, where it is not that of the data. */
  size?: number;
}

const BLOCK = 512;

/** A ustar archive with its two blocks of zeros at the end. */
export function tarFile(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(tarEntry), Buffer.alloc(2 * BLOCK)]);
}

function tarEntry({ name, data = '', type = '0', link = '', size }: TarEntry): Buffer[] {
  const bytes = Buffer.from(data as string);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
  return [header, bytes, padding];
}
