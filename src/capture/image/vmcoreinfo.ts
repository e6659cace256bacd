// VMCOREINFO: what the kernel tells dump readers about itself, as text (admin-guide/kdump/vmcoreinfo.rst).
import { InputError } from '../../io/input-error.js';
import type { ElfCore } from './elf-core.js';

/** What a reader of page tables needs of it; null where this kernel does not say. 64-bit values are unsigned. */
export interface Vmcoreinfo {
  /** OSRELEASE. */
  release: string | null;
  pageSize: number | null;
  /** VA bits as built (VA_BITS), and those in use (64 - TCR_EL1.T1SZ; since 5.11). */
  vaBitsBuild: number | null;
  vaBits: number | null;
  /** VA of the root table of TTBR1. */
  swapperPgDir: bigint | null;
  /** VA - PA of the kernel image. */
  kimageVoffset: bigint | null;
  /** memstart_addr. Negative as a signed value where the linear map was moved down. */
  physOffset: bigint | null;
  /** How far KASLR moved the image. */
  kernelOffset: bigint | null;
}

const NAME = 'VMCOREINFO';

/** The text of the first note of that name; null where there is none with anything in it. */
export function findVmcoreinfo(core: ElfCore): string | null {
  for (const { name, description } of core.notes) {
    if (name !== NAME) continue;
    const text = Buffer.from(description).toString('latin1').replace(/\0.*$/s, '');
    if (text !== '') return text;
  }
  return null;
}

/** @throws InputError where a line that matters has no number. */
export function parseVmcoreinfo(text: string, file: string): Vmcoreinfo {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const equals = line.indexOf('=');
    if (equals <= 0) continue;
    const key = line.slice(0, equals).trim();
    if (!values.has(key)) values.set(key, line.slice(equals + 1).trim());
  }
  const field = (key: string, read: (value: string) => bigint | null): bigint | null => {
    const value = values.get(key);
    if (value === undefined) return null;
    const number = read(value);
    if (number === null)
      throw new InputError(file, null, `expected a number for VMCOREINFO's ${key}, found "${value}"`);
    return number;
  };
  const small = (value: bigint | null): number | null =>
    value === null ? null : Number(BigInt.asIntN(53, value));
  const t1sz = field('NUMBER(TCR_EL1_T1SZ)', decimalOrHex) ?? field('NUMBER(tcr_el1_t1sz)', decimalOrHex);
  return {
    release: values.get('OSRELEASE') ?? null,
    pageSize: small(field('PAGESIZE', decimalOrHex)),
    vaBitsBuild: small(field('NUMBER(VA_BITS)', decimalOrHex)),
    vaBits: t1sz === null ? null : 64 - Number(t1sz & 63n),
    swapperPgDir: field('SYMBOL(swapper_pg_dir)', hex),
    kimageVoffset: field('NUMBER(kimage_voffset)', decimalOrHex),
    physOffset: field('NUMBER(PHYS_OFFSET)', decimalOrHex),
    kernelOffset: field('KERNELOFFSET', hex),
  };
}

/** SYMBOL() and KERNELOFFSET are written with %lx. */
function hex(text: string): bigint | null {
  const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(text)?.[1];
  return digits === undefined ? null : BigInt(`0x${digits}`);
}

/** NUMBER() is written with %ld by the generic macro, with 0x%llx by arch_crash_save_vmcoreinfo(). */
function decimalOrHex(text: string): bigint | null {
  const match = /^(-?)(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.exec(text);
  if (match?.[2] === undefined) return null;
  const value = BigInt(match[2]);
  return BigInt.asUintN(64, match[1] === '-' ? -value : value);
}
