/** The bytes of ELF64 cores: headers and notes. */
import { alignUp } from '../../model/geometry.js';

export const PT_LOAD = 1;
export const PT_NOTE = 4;
export const PN_XNUM = 0xffff;

/** As an unsigned 64-bit value. */
export function word(value: number): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

export function writeElfHeader(head: Buffer, headers: number, headersAt: number, sectionAt: number): void {
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.writeUInt16LE(4, 16); // ET_CORE
  head.writeUInt16LE(183, 18); // EM_AARCH64
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(headersAt), 32);
  head.writeBigUInt64LE(BigInt(sectionAt), 40);
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(headers, 56);
  head.writeUInt16LE(sectionAt === 0 ? 0 : 64, 58);
  head.writeUInt16LE(sectionAt === 0 ? 0 : 1, 60);
}

export function writeProgramHeader(
  head: Buffer,
  at: number,
  type: number,
  offset: number,
  va: bigint,
  pa: bigint,
  size: number,
): void {
  head.writeUInt32LE(type, at);
  head.writeUInt32LE(type === PT_LOAD ? 7 : 0, at + 4);
  head.writeBigUInt64LE(BigInt(offset), at + 8);
  head.writeBigUInt64LE(va, at + 16);
  head.writeBigUInt64LE(pa, at + 24);
  head.writeBigUInt64LE(BigInt(size), at + 32);
  head.writeBigUInt64LE(type === PT_LOAD ? BigInt(size) : 0n, at + 40);
}

export function note(name: string, type: number, description: Buffer): Buffer {
  const nameBytes = name === '' ? 0 : name.length + 1;
  const head = Buffer.alloc(12 + alignUp(nameBytes, 4));
  head.writeUInt32LE(nameBytes, 0);
  head.writeUInt32LE(description.length, 4);
  head.writeUInt32LE(type, 8);
  head.write(name, 12);
  return Buffer.concat([
    head,
    description,
    Buffer.alloc(alignUp(description.length, 4) - description.length),
  ]);
}
