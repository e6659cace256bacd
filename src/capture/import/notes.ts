// What an import found, what it assumed, and what that takes away from a replay of it.
import type { TraceSummary } from '../trace/event.js';
import type { ImportedMap } from './machine-maps.js';
import type { Manifest } from './manifest.js';
import type { Source, Sources } from './sources.js';

export const NOTES_SCHEMA = 'linmap.importNotes/1';

export interface Found {
  sources: Sources;
  maps: readonly ImportedMap[];
  trace: TraceSummary | null;
  manifest: Manifest | null;
  /** Where texts were copied to, in the folder. */
  copies: ReadonlyMap<Source, string>;
  warnings: readonly string[];
}

/** A file that was used. */
export interface UsedFile {
  name: string;
  kind: string;
  role: string | null;
  copy: string | null;
}

/** What a replay of this capture cannot claim, a sentence each; empty where it can claim everything. */
export function limitsOf({ maps, trace }: Found): string[] {
  if (trace === null) return [];
  const limits: string[] = [];
  const before = maps.find(({ role }) => role === 'before');
  const after = maps.find(({ role }) => role === 'after');
  if (before?.origin === 'built') {
    limits.push(
      'The map before the trace was built, not read: splits and permissions from before the trace are not in it, ' +
        'so counts of splits and tables are those of a machine that had just booted.',
    );
  }
  if (before?.origin === 'rebuilt') {
    limits.push('The map before the trace was rebuilt from a text: what the text does not show is assumed.');
  }
  if (after === undefined) {
    limits.push('There is no map after the trace: a replay says what happened, and is not checked.');
  } else if (after.origin === 'rebuilt') {
    limits.push('The map after the trace was rebuilt from a text: agreement is about what the text shows.');
  }
  if (before?.origin === 'built' && after !== undefined) {
    limits.push('A difference from the map after the trace may come from what happened before the trace.');
  }
  for (const { from, origin, assumed } of maps) {
    if (origin === 'read' && assumed.length > 0) {
      limits.push(`${from}: ${assumed.join('; ')}: a difference may come from that.`);
    }
  }
  if (isLossy(trace)) {
    limits.push('The tracer lost events: neither agreement nor a difference proves anything.');
  }
  return limits;
}

function isLossy({ lost, lostEvents }: TraceSummary): boolean {
  return lost.length > 0 || lostEvents > 0;
}

export function usedFiles({ sources, copies }: Found): UsedFile[] {
  const { trace, machine, manifest, probes, maps, system, kept } = sources;
  return [trace, machine, ...maps.values(), ...system.values(), manifest, probes, ...kept]
    .flat()
    .filter((source) => source !== null)
    .map((source) => ({
      name: source.file.name,
      kind: source.kind,
      role: source.role,
      copy: copies.get(source) ?? (source === trace ? 'trace.txt' : null),
    }));
}

/** `notes.json` of the folder. */
export function notesText(found: Found): string {
  const { sources, maps, trace, manifest, warnings } = found;
  const notes = {
    schema: NOTES_SCHEMA,
    limits: limitsOf(found),
    warnings,
    maps: maps.map(({ role, origin, from, assumed }) => ({ role, origin, from, assumed })),
    trace,
    capture: manifest && {
      ...Object.fromEntries(manifest.values),
      had: manifest.had,
      missing: manifest.missing,
      moved: manifest.moved,
      lost: manifest.lost,
    },
    files: usedFiles(found),
    unused: sources.unused,
  };
  return `${JSON.stringify(notes, null, 1)}\n`;
}
