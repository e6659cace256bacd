// A core by name or from a file.
import { existsSync } from 'node:fs';
import { readText } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';
import { parseJsonDocument } from '../../io/json.js';
import { findBadGeometry } from './core-geometry.js';
import type { CoreModel, SecondLevel } from './core-model.js';
import { type CoreDescription, coreSchema } from './core-schema.js';
import { CORES } from './presets/catalogue.js';

/** A core is some kilobytes of JSON. */
const MAX_BYTES = 2 ** 20;

/**
 * The preset of this id, or else what the file of this name describes.
 * @throws InputError where there is neither, and as `parseCore` does.
 */
export function coreOf(idOrFile: string): CoreModel {
  const preset = CORES.find(({ id }) => id === idOrFile);
  if (preset) return preset;
  if (existsSync(idOrFile)) return readCore(idOrFile);
  const ids = CORES.map(({ id }) => id).join(', ');
  throw new InputError(idOrFile, null, `expected a core file or one of ${ids}, found neither`);
}

/** Reads a `linmap.core/1` file. @throws InputError as `parseCore` does, or where it cannot be read. */
export function readCore(path: string): CoreModel {
  return parseCore(readText(path, { maxBytes: MAX_BYTES }), path);
}

/**
 * The core that a `linmap.core/1` text describes.
 * @throws InputError naming the line, for malformed text and for numbers that make no hardware.
 */
export function parseCore(text: string, file: string): CoreModel {
  const document = parseJsonDocument(text, file, coreSchema);
  const wrong = findBadGeometry(document.value);
  if (wrong) throw document.error(wrong);
  return { ...document.value, l2: secondLevel(document.value) };
}

/** One of the two forms, which findBadGeometry() has made sure of. */
function secondLevel({ l2: { unified, data, instruction } }: CoreDescription): SecondLevel {
  if (unified) return { unified };
  if (data && instruction) return { data, instruction };
  throw new Error('a second level that is neither unified nor split');
}
