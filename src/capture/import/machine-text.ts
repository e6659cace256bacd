// A machine's description as linmap.machine/1 text.
import { formatAddress } from '../../io/address.js';
import type { MachineDescription } from '../../machine/machine-schema.js';

/** Fields that hold addresses, at any depth; `size` is written like them. */
const ADDRESSES: ReadonlySet<string> = new Set([
  'pageOffset',
  'pageEnd',
  'physOffset',
  'midr',
  'start',
  'size',
  'text',
  'stext',
  'startRodata',
  'initBegin',
  'initEnd',
  'bssStop',
]);

/** The description in the order of its fields, addresses in hex. Reading it gives the same description. */
export function formatMachine(description: MachineDescription): string {
  const text = JSON.stringify(
    description,
    (key, value: unknown) => (typeof value === 'number' && ADDRESSES.has(key) ? formatAddress(value) : value),
    1,
  );
  return `${text}\n`;
}
