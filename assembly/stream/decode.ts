// Decode: an access trace (LEB128 varints, see "Access traces" in the format's description) to access words.
//
//   record  | varint: zigzag(page - last page of the class) << 3 | class << 1 | write | varint: instructions |
//   word    | VA[63:12] | 0 (9 bits) | class (2) | write (1) |
//
// The low three bits of a record are those of its word. A chunk of input may end anywhere: the bytes of a record
// that is cut are kept in front of the next chunk, so the caller always writes a chunk at the same place.

/** Bytes of one chunk of input. */
export const TRACE_CHUNK: u32 = 1 << 16;

/** What traceError() says: nothing is wrong. */
export const TRACE_OK: i32 = 0;
/** A varint of more than 57 bits. */
export const TRACE_VARINT_TOO_LONG: i32 = 1;
/** A page that is no 52-bit number. */
export const TRACE_PAGE_OUTSIDE: i32 = 2;
/** A page in the half of the address space that its class cannot be in. */
export const TRACE_CLASS_OUTSIDE: i32 = 3;

/** 57 bits are 9 groups of 7. */
const VARINT_BYTES: usize = 9;
const VARINT_BITS: u64 = 57;
const RECORD_BYTES: usize = 2 * 9;
/** The shortest record has two bytes; a kept one may complete a chunk of them. */
const WORDS: i32 = (1 << 15) + 9;

const PAGE_BITS: u64 = 52;
/** VA[63:52]: all ones in the kernel's half, all zeros in the user's. */
const HALF_SHIFT: u64 = 40;
const KERNEL_HALF: u64 = 0xfff;

/** Room for the kept bytes of a record, the chunk, and zeros that end any varint. */
const INPUT: usize = memory.data((1 << 16) + 64, 16) + 32;
const OUTPUT: usize = memory.data(8 * WORDS, 16);
/** By class: the last page, and the records so far; 4 x u64 each. */
const PAGES: usize = memory.data(32, 8);
const RECORDS: usize = memory.data(32, 8);

let kept: usize = 0;
/** Bytes of the trace before the first kept one. */
let consumed: u64 = 0;
let instructions: u64 = 0;
let error: i32 = TRACE_OK;

/** Where the caller writes a chunk. */
export function traceInput(): usize {
  return INPUT;
}

export function traceOutput(): usize {
  return OUTPUT;
}

/** Records so far of each class: 4 x u64. */
export function traceRecords(): usize {
  return RECORDS;
}

/** Instructions of all records of the last chunk. */
export function traceInstructions(): f64 {
  return <f64>instructions;
}

export function traceError(): i32 {
  return error;
}

/** Byte of the trace at which the first record that is not decoded begins: a wrong one, or one that is cut. */
export function traceOffset(): f64 {
  return <f64>consumed;
}

/** Bytes of a record that was cut at the end of the last chunk. */
export function traceKept(): u32 {
  return <u32>kept;
}

/** Starts a new trace. */
export function resetTrace(): void {
  memory.fill(PAGES, 0, 32);
  memory.fill(RECORDS, 0, 32);
  kept = 0;
  consumed = 0;
  instructions = 0;
  error = TRACE_OK;
}

/**
 * Decodes the kept bytes and the `bytes` of the chunk after them. Returns the number of words at traceOutput().
 * Nothing is decoded from a wrong record on.
 */
export function decodeTrace(bytes: u32): u32 {
  instructions = 0;
  if (error !== TRACE_OK) return 0;
  const start = INPUT - kept;
  const end = INPUT + <usize>bytes;
  // A varint that is cut ends in these zeros, so that no read has to look where the input ends.
  memory.fill(end, 0, RECORD_BYTES);

  let at = start;
  let to = OUTPUT;
  let sum: u64 = 0;
  let wrong = TRACE_OK;
  while (at < end) {
    let byte = <u64>load<u8>(at);
    let next = at + 1;
    let value = byte & 0x7f;
    for (let shift: u64 = 7; byte & 0x80; shift += 7) {
      byte = <u64>load<u8>(next++);
      value |= (byte & 0x7f) << shift;
      if (next - at >= VARINT_BYTES) break;
    }
    if (((byte & 0x80) | (value >> VARINT_BITS)) !== 0 && next <= end) {
      wrong = TRACE_VARINT_TOO_LONG;
      break;
    }

    const second = next;
    byte = <u64>load<u8>(next++);
    let executed = byte & 0x7f;
    for (let shift: u64 = 7; byte & 0x80; shift += 7) {
      byte = <u64>load<u8>(next++);
      executed |= (byte & 0x7f) << shift;
      if (next - second >= VARINT_BYTES) break;
    }
    if (next > end) break;
    if (((byte & 0x80) | (executed >> VARINT_BITS)) !== 0) {
      wrong = TRACE_VARINT_TOO_LONG;
      break;
    }

    const kind = value & 7;
    const slot = (<usize>(kind >> 1)) << 3;
    const zigzag = value >> 3;
    const page = load<u64>(PAGES + slot) + ((zigzag >> 1) ^ (0 - (zigzag & 1)));
    wrong = wrongPage(page, kind >> 1);
    if (wrong !== TRACE_OK) break;
    store<u64>(PAGES + slot, page);
    store<u64>(RECORDS + slot, load<u64>(RECORDS + slot) + 1);
    store<u64>(to, (page << 12) | kind);
    to += 8;
    sum += executed;
    at = next;
  }

  error = wrong;
  instructions = sum;
  consumed += at - start;
  kept = wrong === TRACE_OK ? end - at : 0;
  memory.copy(INPUT - kept, at, kept);
  return <u32>((to - OUTPUT) >> 3);
}

/** Classes 0 and 1 are the kernel's and 2 is the user's; instructions (3) are fetched from both halves. */
function wrongPage(page: u64, kind: u64): i32 {
  const half = page >> HALF_SHIFT;
  if (half === KERNEL_HALF) return kind === 2 ? TRACE_CLASS_OUTSIDE : TRACE_OK;
  if (half === 0) return kind < 2 ? TRACE_CLASS_OUTSIDE : TRACE_OK;
  return page >> PAGE_BITS ? TRACE_PAGE_OUTSIDE : TRACE_CLASS_OUTSIDE;
}
