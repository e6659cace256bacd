// Descriptor bits as the twin uses them: 32-bit halves, all of them read from the core.
import type { Core } from '../../../src/core/core.js';

const GRANULE = 4096;
const VA_BITS = 48;
const PAGE_OFFSET = -(2 ** VA_BITS);
const PAGE_END = -(2 ** (VA_BITS - 1));
const HIGHEST_FRAME = 2 ** 48 - GRANULE;
const PMD_SIZE = 2 ** 21;

export interface Halves {
  readonly low: number;
  readonly high: number;
}

export interface Bits {
  // In the low half:
  readonly valid: number;
  readonly presentInvalid: number;
  readonly typeMask: number;
  // In the high half:
  readonly contiguous: number;
  readonly pxn: number;
  /** The output address. */
  readonly address: Halves;
  /** Attributes of the linear map's pages and blocks. */
  readonly page: Halves;
  readonly block: Halves;
  /** Attributes of table descriptors above leaves that the kernel cannot execute, and above those that it can. */
  readonly table: Halves;
  readonly executableTable: Halves;
}

/** Reads the bits from `core`, whose tables are lost: attributes are found in maps that it builds for the purpose. */
export function bitsOfCore(core: Core): Bits {
  const { bits } = core;
  const pages = { noBlock: true, noCont: true };
  const lowest = build(core, 0, GRANULE, { ...pages, noExec: true });
  const highest = build(core, HIGHEST_FRAME, GRANULE, { ...pages, noExec: true });
  const block = build(core, 0, PMD_SIZE, { noCont: true, noExec: true });
  const executable = build(core, 0, GRANULE, pages);
  return {
    valid: lowHalf(bits.valid),
    presentInvalid: lowHalf(bits.presentInvalid),
    typeMask: lowHalf(bits.typeMask),
    contiguous: highHalf(bits.contiguous),
    pxn: highHalf(bits.pxn),
    address: halves(highest.leaf ^ lowest.leaf),
    page: halves(lowest.leaf),
    block: halves(block.leaf),
    table: halves(lowest.tableAttributes),
    executableTable: halves(executable.tableAttributes),
  };
}

/** Signed, so that they are small integers to the engine. */
export function halves(bits: bigint): Halves {
  return { low: Number(BigInt.asIntN(32, bits)), high: Number(BigInt.asIntN(32, bits >> 32n)) };
}

/** Maps one leaf at PAGE_OFFSET; its descriptor and the attributes of the tables above it. */
function build(
  core: Core,
  pa: number,
  size: number,
  flags: { noBlock?: boolean; noCont?: boolean; noExec?: boolean },
): { leaf: bigint; tableAttributes: bigint } {
  core.reset(GRANULE, VA_BITS, PAGE_END, {});
  const ret = core.mapRange(pa, PAGE_OFFSET, size, 'kernelTagged', flags);
  const leaf = core.walk(PAGE_OFFSET)?.descriptor;
  const tableAttributes = [...core.runs()].find(({ table }) => table)?.attributes;
  if (ret !== 0 || leaf === undefined || tableAttributes === undefined) {
    throw new Error(`the core mapped no leaf of ${size} bytes: error ${ret}`);
  }
  return { leaf, tableAttributes };
}

function lowHalf(bits: bigint): number {
  const { low, high } = halves(bits);
  if (high !== 0) throw new Error(`0x${bits.toString(16)} is not in the low half of a descriptor`);
  return low;
}

function highHalf(bits: bigint): number {
  const { low, high } = halves(bits);
  if (low !== 0) throw new Error(`0x${bits.toString(16)} is not in the high half of a descriptor`);
  return high;
}
