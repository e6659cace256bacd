// MANIFEST of an archive: what the capture script collected, what it could not have, and why.
import { InputError } from '../../io/input-error.js';

export interface Manifest {
  /** `release`, `date`, `command`, `seconds`, … as written. */
  values: Map<string, string>;
  had: string[];
  missing: { name: string; reason: string }[];
  /** Tables that changed while they were read. */
  moved: string[];
  /** Events that the tracer lost; null where the script could not tell. */
  lost: number | null;
}

const FORMAT = 'linmap.archive/1';

/** @throws InputError naming the line that is no `key=value`, or the format that is not known */
export function parseManifest(text: string, file: string): Manifest {
  const manifest: Manifest = { values: new Map(), had: [], missing: [], moved: [], lost: null };
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    if (equals < 1)
      throw new InputError(file, index + 1, `expected key=value, found ${JSON.stringify(shorten(line))}`);
    const value = line.slice(equals + 1);
    switch (line.slice(0, equals)) {
      case 'format':
        if (value === FORMAT) break;
        throw new InputError(
          file,
          index + 1,
          `expected format=${FORMAT}, found ${JSON.stringify(shorten(value))}`,
        );
      case 'had':
        manifest.had.push(value);
        break;
      case 'missing':
        manifest.missing.push(missingOf(value));
        break;
      case 'moved':
        manifest.moved.push(value);
        break;
      case 'lost':
        manifest.lost = /^\d{1,15}$/.test(value) ? Number(value) : null;
        break;
      default:
        manifest.values.set(line.slice(0, equals), value);
    }
  }
  return manifest;
}

function missingOf(value: string): { name: string; reason: string } {
  const space = value.indexOf(' ');
  if (space < 0) return { name: value, reason: '' };
  return { name: value.slice(0, space), reason: value.slice(space + 1).trim() };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
