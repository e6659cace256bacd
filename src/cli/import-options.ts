// The words of linmap import's options as values.
import { InvalidArgumentError } from 'commander';
import { parseProbeOption } from '../capture/trace/signatures.js';
import { parseAddress } from '../io/address.js';
import { parseSize } from '../io/size.js';
import type { MemoryBank } from '../machine/memory.js';

/** A physical address in hex, or a size: `0x40000000`, `1G`. */
export function physicalArgument(text: string): number {
  return expecting(() => {
    const address = /^0x/i.test(text) ? parseAddress(text) : parseSize(text);
    if (address < 0) throw new RangeError('a physical address, below 2^52');
    return address;
  });
}

/** MIDR_EL1 in hex. */
export function midrArgument(text: string): number {
  return expecting(() => {
    const midr = parseAddress(/^0x/i.test(text) ? text : `0x${text}`);
    if (midr <= 0 || midr >= 2 ** 32) throw new RangeError('MIDR_EL1 in hex, such as 0xc00fac30');
    return midr;
  });
}

/** `0x40000000+2G` (or with a colon), or `0x40000000-0xc0000000`, the end not included; once a bank. */
export function bankArgument(text: string, others: readonly MemoryBank[] = []): MemoryBank[] {
  return expecting(() => {
    const match = /^(\w+)([-+:])(\w[\w.]*)$/.exec(text);
    if (match === null) throw new RangeError('START+SIZE or START-END, such as 0x40000000+2G');
    const [, first = '', joint, second = ''] = match;
    const start = physicalArgument(first);
    const size = joint === '-' ? physicalArgument(second) - start : parseSize(second);
    if (size <= 0) throw new RangeError('an end above the start');
    return [...others, { start, size, noMap: false }];
  });
}

/** `my_event=set_memory_ro`; once a probe. */
export function probeArgument(
  text: string,
  others: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  return expecting(() => new Map([...others, parseProbeOption(text)]));
}

function expecting<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError(`Expected ${error.message}.`);
  }
}
