// Where a scenario's maps and its description are from: what an import wrote down about it. A folder without such
// notes is a capture whose maps were read.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { findInput, readText } from '../io/file.js';
import { parseJson } from '../io/json.js';
import { machineSchema } from '../machine/machine-schema.js';
import type { MapOrigin } from './import/machine-maps.js';
import { NOTES_SCHEMA } from './import/notes.js';

export interface Provenance {
  /** Origin of each map by its role (`before`, `after`, …); a map that is not here was read. */
  maps: ReadonlyMap<string, MapOrigin>;
  /** Fields of machine.json that were assumed. */
  assumed: string[];
}

const notesSchema = z.object({
  maps: z.array(z.object({ role: z.string(), origin: z.enum(['read', 'rebuilt', 'built']) })),
});
const factsSchema = z.object({ facts: machineSchema.shape.facts });

/**
 * Reads what the folder of a scenario says of itself.
 * @throws InputError where notes of an import are damaged; notes that somebody else wrote mean nothing here.
 */
export function readProvenance(directory: string): Provenance {
  const path = resolve(directory);
  const machineFolder = existsSync(join(path, 'machine.json')) ? path : dirname(path);
  const machineFile = findInput(machineFolder, 'machine.json');
  const { facts = {} } = parseJson(readText(machineFile), machineFile, factsSchema);
  return {
    maps: originsOf(join(directory, 'notes.json')),
    assumed: Object.keys(facts).filter((field) => facts[field]?.kind === 'assumed'),
  };
}

function originsOf(file: string): Map<string, MapOrigin> {
  if (!existsSync(file)) return new Map();
  const text = readText(file);
  if (!isOfImport(text)) return new Map();
  const { maps } = parseJson(text, file, notesSchema);
  return new Map(maps.map(({ role, origin }) => [role, origin]));
}

function isOfImport(text: string): boolean {
  try {
    return Object(JSON.parse(text)).schema === NOTES_SCHEMA;
  } catch {
    return false;
  }
}
