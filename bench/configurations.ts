// The machines of the comparison: what the boot decides by CPU and command line, for each granule.

import type { Machine } from '../src/machine/machine.js';
import type { Rodata } from '../src/machine/rodata.js';
import { describeMachine } from '../src/machine/synthetic.js';
import type { Granule } from '../src/machine/va-layout.js';

export interface Configuration {
  /** Stable name in JSON and charts. */
  id: string;
  title: string;
  rodata: Rodata;
  bbml2: boolean;
}

/** KFENCE is left out: a late pool, as Debian has it, would have every machine without BBML2 mapped by pages. */
export const CONFIGURATIONS: readonly Configuration[] = [
  { id: 'pages', title: 'rodata=full, no BBML2', rodata: 'full', bbml2: false },
  { id: 'blocks', title: 'rodata=full, BBML2', rodata: 'full', bbml2: true },
  { id: 'on', title: 'rodata=on', rodata: 'on', bbml2: false },
  { id: 'off', title: 'rodata=off', rodata: 'off', bbml2: false },
];

/** Translation regimes that distributions ship, a row a granule. */
export const REGIMES: readonly { granule: Granule; vaBits: number }[] = [
  { granule: 4096, vaBits: 48 },
  { granule: 16384, vaBits: 47 },
  { granule: 65536, vaBits: 48 },
];

export const GIB = 2 ** 30;
export const COMPARISON_MEMORY = 256 * GIB;

/** One bank of memory from PA 0. With a kernel image where there is room for one. */
export function machineOf(
  regime: { granule: Granule; vaBits: number },
  configuration: Configuration,
  memory: number,
): Machine {
  const { rodata, bbml2 } = configuration;
  return describeMachine({ ...regime, memory, rodata, bbml2, image: true });
}
