// The pinned reference: a build of the core that later ones are timed against, and where it came from.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readInput, readText, writeWhole } from '../../io/file.js';
import { makeFolder } from '../../io/folder.js';
import { InputError } from '../../io/input-error.js';
import { parseJson } from '../../io/json.js';

const REFERENCE_SCHEMA = 'linmap.reference/1';
/** As the command line sees it. */
export const REFERENCE_FOLDER = 'results/reference';
const RECORD_FILE = 'reference.json';
const MODULE_FILE = 'core.wasm';

const referenceSchema = z.strictObject({
  schema: z.literal(REFERENCE_SCHEMA),
  /** linmap's version. */
  version: z.string(),
  /** Commit of the sources; null where they were in no git checkout. */
  commit: z.string().nullable(),
  /** The sources were not those of the commit. */
  dirty: z.boolean(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits'),
  bytes: z.number().int(),
  /** ISO 8601, UTC. */
  pinned: z.iso.datetime(),
  reason: z.string().nullable(),
});

export type ReferenceRecord = z.output<typeof referenceSchema>;

interface Reference {
  readonly record: ReferenceRecord;
  readonly module: Uint8Array;
}

/**
 * The reference in a folder, or null where none is pinned.
 * @throws InputError where record and module do not belong together, or one of them is missing
 */
export function readReference(folder: string): Reference | null {
  const file = join(folder, RECORD_FILE);
  if (!existsSync(file)) return null;
  const record = parseJson(readText(file), file, referenceSchema);
  const path = join(folder, MODULE_FILE);
  const module = readInput(path);
  const found = sha256(module);
  if (found !== record.sha256) {
    throw new InputError(path, null, `expected the module that ${file} names by its sha256, found ${found}`);
  }
  return { record, module };
}

/**
 * Pins a module. The record goes last: one without its module is an error that names itself when it is read.
 * @throws InputError where the folder cannot be written
 */
export function writeReference(
  folder: string,
  module: Uint8Array,
  facts: Pick<ReferenceRecord, 'version' | 'commit' | 'dirty' | 'pinned' | 'reason'>,
): ReferenceRecord {
  const record: ReferenceRecord = {
    schema: REFERENCE_SCHEMA,
    version: facts.version,
    commit: facts.commit,
    dirty: facts.dirty,
    sha256: sha256(module),
    bytes: module.length,
    pinned: facts.pinned,
    reason: facts.reason,
  };
  makeFolder(folder);
  writeWhole(join(folder, MODULE_FILE), module);
  writeWhole(join(folder, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
