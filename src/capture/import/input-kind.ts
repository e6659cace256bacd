// What a file is: by its content first, by its name only where the content could be anything.
import { InputError } from '../../io/input-error.js';
import { foreignFormat } from '../archive/archive-format.js';
import { readHead } from '../archive/head.js';
import { isImage } from '../image/read-image.js';
import { sniffText, type TextKind } from '../texts/sniff-text.js';
import { sniffTrace } from '../trace/sniff.js';
import type { GivenFile } from './given-file.js';

/** Documents of linmap, and what the capture script says about itself. */
type OwnKind = 'machine' | 'map' | 'manifest' | 'probes' | 'notes' | 'log';
/** Files of the system: what says something about the machine. */
export type SystemKind = Exclude<TextKind, 'ptdump'> | 'memblockReserved';
export type InputKind = 'image' | 'trace' | 'ptdump' | SystemKind | OwnKind;

const SCHEMAS: Readonly<Record<string, OwnKind>> = {
  'linmap.machine/1': 'machine',
  'linmap.map/1': 'map',
  'linmap.importNotes/1': 'notes',
};

const KNOWN =
  'expected a trace, a memory image, kernel_page_tables, iomem or another file of the list in linmap import --help';

/** Names under which the capture script and people keep what has no form of its own. */
const NAMES: readonly (readonly [RegExp, InputKind])[] = [
  [/^kernel[-_]page[-_]tables|^ptdump/, 'ptdump'],
  [/^iomem/, 'iomem'],
  [/^meminfo/, 'meminfo'],
  [/^cpuinfo/, 'cpuinfo'],
  [/^vmallocinfo/, 'vmallocinfo'],
  [/^memblock[-_]memory/, 'memblock'],
  [/^cmdline/, 'cmdline'],
  [/^(?:version|uname)/, 'version'],
  [/^midr/, 'midr'],
  [/^config/, 'config'],
  [/^trace\b/, 'trace'],
  [/^probes/, 'probes'],
  [/^log/, 'log'],
];

/** Recordings that only their own program can read. */
const RECORDINGS: readonly { magic: string; found: string }[] = [
  { magic: '\x17\x08Dtracing', found: "trace-cmd's own data: give what trace-cmd report prints" },
  { magic: 'PERFILE2', found: "perf's own data: give what perf script prints" },
];

/** What an import does not use, in words that say why. */
interface Unusable {
  unusable: string;
}

/**
 * The kind of a file.
 * @throws InputError for a file that was named and is none that can be used; in folders and archives it is passed over
 */
export function kindOf(file: GivenFile): InputKind | Unusable {
  const { path, name, place, named } = file;
  // Prose may quote what the files look like.
  if (!named && /(?:^|\/)readme[^/]*$|\.md$/i.test(place)) return { unusable: 'text for people' };
  const { bytes } = readHead(path, name);
  const unusable = unusableData(bytes);
  const kind = unusable === null ? (isImage(bytes) ? 'image' : textKind(bytes, place)) : null;
  if (kind !== null) return kind;
  const found = unusable ?? 'another text';
  if (named) throw new InputError(name, null, `${KNOWN}, found ${found}`);
  return { unusable: found };
}

function unusableData(bytes: Buffer): string | null {
  const foreign = foreignFormat(bytes);
  if (foreign !== null) return `${foreign} data: unpack it first`;
  const start = bytes.toString('latin1', 0, 16);
  const recording = RECORDINGS.find(({ magic }) => start.startsWith(magic));
  if (recording) return recording.found;
  if (bytes.length === 0) return 'an empty file';
  // No text that is read here holds a zero byte.
  return bytes.includes(0) && !isImage(bytes) ? 'other binary data' : null;
}

function textKind(bytes: Buffer, place: string): InputKind | null {
  if (place.endsWith('linmap-capture/log.txt')) return 'log';
  const text = bytes.toString('utf8');
  const own = ownKind(text);
  if (own !== undefined) return own;
  const base = place.slice(place.lastIndexOf('/') + 1).toLowerCase();
  if (sniffTrace(text) !== null) return 'trace';
  const kind = sniffText(text) ?? NAMES.find(([pattern]) => pattern.test(base))?.[1] ?? null;
  // Two files of one form: only the name tells what is reserved from what is there.
  return kind === 'memblock' && base.includes('reserved') ? 'memblockReserved' : kind;
}

function ownKind(text: string): InputKind | undefined {
  if (/^format=linmap\.archive\/\d+$/m.test(text)) return 'manifest';
  if (/^[pr]\d*:\S+ /.test(text)) return 'probes';
  if (!/^\s*\{/.test(text)) return undefined;
  const schema = /"schema"\s*:\s*"([^"]*)"/.exec(text)?.[1];
  if (schema !== undefined && Object.hasOwn(SCHEMAS, schema)) return SCHEMAS[schema];
  return /"(?:steps|eventCounts)"\s*:/.test(text) ? 'notes' : undefined;
}
