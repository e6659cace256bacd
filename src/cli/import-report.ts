// What an import made, as linmap.import/1.
import type { Import } from '../capture/import/import-capture.js';
import { formatMachine } from '../capture/import/machine-text.js';
import { formatAddress } from '../io/address.js';
import { formatSize } from '../io/size.js';
import { formatCount } from '../report/number.js';
import { counted } from './words.js';

interface FactRow {
  fact: string;
  /** For people. */
  value: string;
  kind: string;
  from: string;
}

/** Facts that are text of any length; the table is about what decides on the map. */
const LONG: ReadonlySet<string> = new Set(['name', 'source']);
const SIZES: ReadonlySet<string> = new Set(['granule']);
const ADDRESSES: ReadonlySet<string> = new Set(['pageOffset', 'pageEnd', 'physOffset', 'midr']);

/** Every fact of the machine with its value and where it is from, in the order of the description. */
export function factRows({ description, facts }: Import): FactRow[] {
  return Object.entries(description).flatMap(([fact, value]) => {
    const why = facts[fact];
    if (why === undefined || LONG.has(fact)) return [];
    return [{ fact, value: valueText(fact, value), kind: why.kind, from: why.from }];
  });
}

/** What to run next, as one would type it. */
export function nextCommands({ directory, trace, maps }: Import): string[] {
  const folder = /^[\w./+:@%-]+$/.test(directory) ? directory : `'${directory.replaceAll("'", "'\\''")}'`;
  const inspect = [`linmap inspect ${folder}`];
  if (trace !== null) return [`linmap replay ${folder}`, ...inspect];
  const [only] = maps;
  return only?.origin === 'built' ? [`linmap map --machine ${folder}/machine.json`, ...inspect] : inspect;
}

/** The fields are described in docs/import.md. */
export function importDocument(result: Import): object {
  const { directory, description, maps, trace, manifest, files, unused, limits, warnings } = result;
  const written = JSON.parse(formatMachine(description)) as Record<string, unknown>;
  return {
    schema: 'linmap.import/1',
    directory,
    granule: description.granule,
    vaBits: description.vaBits,
    facts: factRows(result).map(({ fact, kind, from }) => ({ fact, value: written[fact], kind, from })),
    maps: maps.map(({ role, file, origin, from, assumed, map }) => ({
      role,
      file,
      origin,
      from,
      assumed,
      leafRuns: map.leaves.length,
      tables: map.tables.length,
    })),
    trace,
    missing: manifest?.missing ?? [],
    files,
    unused,
    limits,
    warnings,
    next: nextCommands(result),
  };
}

function valueText(fact: string, value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return numberText(fact, value);
  if (typeof value === 'string') return value;
  if (fact === 'memory' && Array.isArray(value)) return memoryText(value);
  if (fact === 'image')
    return `${formatAddress(field(value, 'text'))}-${formatAddress(field(value, 'bssStop'))}`;
  if (fact === 'kfencePool') {
    return `${formatSize(field(value, 'size'))} at ${formatAddress(field(value, 'start'))}`;
  }
  return JSON.stringify(value);
}

function numberText(fact: string, value: number): string {
  if (SIZES.has(fact)) return formatSize(value);
  if (ADDRESSES.has(fact)) return formatAddress(value);
  return fact === 'memTotalKiB' ? formatSize(value * 1024) : formatCount(value);
}

function memoryText(banks: readonly unknown[]): string {
  const bytes = banks.reduce<number>((sum, bank) => sum + field(bank, 'size'), 0);
  return `${formatSize(bytes)} in ${counted(banks.length, 'bank')}`;
}

function field(value: unknown, name: string): number {
  return Number(Reflect.get(Object(value), name));
}
