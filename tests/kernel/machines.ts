/** Small machines to boot a kernel on. */
import type { Machine } from '../../src/machine/machine.js';
import { describeMachine, type SyntheticMachine } from '../../src/machine/synthetic.js';
import { GiB } from '../core/sizes.js';

/** 4K/48, 1 GiB, rodata=full, split on demand, unless told otherwise. */
export function machineWith(change: Partial<SyntheticMachine> = {}): Machine {
  return describeMachine({ granule: 4096, vaBits: 48, memory: GiB, bbml2: true, ...change });
}
