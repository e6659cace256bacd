import { z } from 'zod';
import { formatAddress } from '../io/address.js';
import { readText, writeWhole } from '../io/file.js';
import { type JsonOptions, parseJsonDocument } from '../io/json.js';
import { addressField, descriptorField } from '../io/json-fields.js';
import { type LeafRun, type LinearMap, normalise, type TableDescriptor } from './linear-map.js';
import { findMisplaced } from './placement.js';

const mapSchema = z.strictObject({
  schema: z.literal('linmap.map/1'),
  granule: z.literal([4096, 16384, 65536]),
  vaBits: z.int(),
  rootLevel: z.int(),
  leaves: z.array(
    z
      .tuple([z.int(), addressField, addressField, z.int().min(1), descriptorField])
      .transform(([level, va, pa, count, attributes]): LeafRun => ({ level, va, pa, count, attributes })),
  ),
  tables: z.array(
    z
      .tuple([z.int(), addressField, descriptorField])
      .transform(([level, va, attributes]): TableDescriptor => ({ level, va, attributes })),
  ),
});

/** Reads a `linmap.map/1` file, gzipped or not, into normal form. @throws InputError as `parseMap` does. */
export function readMap(path: string, options: JsonOptions = {}): LinearMap {
  return parseMap(readText(path), path, options);
}

/**
 * The map that a `linmap.map/1` text describes, in normal form.
 * @throws InputError naming the line, for malformed text and for descriptors no page table can hold.
 */
export function parseMap(text: string, file: string, options: JsonOptions = {}): LinearMap {
  const document = parseJsonDocument(text, file, mapSchema, options);
  const { granule, vaBits, rootLevel, leaves, tables } = document.value;
  const map: LinearMap = { granule, vaBits, rootLevel, leaves, tables };
  const misplaced = findMisplaced(map);
  if (misplaced) throw document.error(misplaced);
  return normalise(map);
}

/** `linmap.map/1` text, one run or table a line. */
export function formatMap(map: LinearMap): string {
  const { granule, vaBits, rootLevel, leaves, tables } = normalise(map);
  return [
    `{"schema": "linmap.map/1", "granule": ${granule}, "vaBits": ${vaBits}, "rootLevel": ${rootLevel},`,
    ` "leaves": ${formatList(leaves.map(formatLeaf))},`,
    ` "tables": ${formatList(tables.map(formatTable))}}`,
    '',
  ].join('\n');
}

/** Writes `linmap.map/1`, whole or not at all, gzipped where the path ends in `.gz`. */
export function writeMap(path: string, map: LinearMap): void {
  writeWhole(path, formatMap(map));
}

function formatLeaf({ level, va, pa, count, attributes }: LeafRun): string {
  return `[${level}, "${formatAddress(va)}", "${formatAddress(pa)}", ${count}, "${formatBits(attributes)}"]`;
}

function formatTable({ level, va, attributes }: TableDescriptor): string {
  return `[${level}, "${formatAddress(va)}", "${formatBits(attributes)}"]`;
}

function formatBits(bits: bigint): string {
  return `0x${bits.toString(16)}`;
}

function formatList(lines: string[]): string {
  return lines.length === 0 ? '[]' : `[\n  ${lines.join(',\n  ')}\n ]`;
}
