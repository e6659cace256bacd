// What an import made, for people.
import type { Import } from '../capture/import/import-capture.js';
import type { ImportedMap } from '../capture/import/machine-maps.js';
import { formatCount } from '../report/number.js';
import { type Table, terminalTable } from '../report/table.js';
import { type Fact, factLines } from './facts.js';
import { factRows, nextCommands } from './import-report.js';
import type { Colours } from './output.js';
import { counted } from './words.js';

/** Reasons are sentences. */
const WIDTH = 120;

const FORMATS: Readonly<Record<string, string>> = {
  tracefs: 'tracefs text',
  'perf-script': 'perf script',
  'trace-cmd': 'trace-cmd report',
  bpftrace: 'bpftrace',
};

const ORIGINS: Readonly<Record<ImportedMap['origin'], string>> = {
  read: 'read, exact',
  rebuilt: 'rebuilt from a text',
  built: 'built by the model: nothing showed it',
};

export function importText(result: Import, colours: Colours): string {
  const { directory, maps, trace, limits } = result;
  const lines: Fact[] = maps.map((map) => ({ label: map.file, text: mapText(map) }));
  lines.push(...traceFacts(result));
  const assumed = new Set(maps.filter(({ origin }) => origin !== 'built').flatMap((map) => map.assumed));
  lines.push(...listed('assumed', [...assumed]));
  if (trace !== null) lines.push(...listed('mind', limits));
  lines.push(...unusedFacts(result), ...listed('next', nextCommands(result)));
  return [
    terminalTable(factTable(result), { width: WIDTH, stream: process.stdout }),
    '',
    colours.bold(`written to ${directory}`),
    ...factLines(lines, colours),
  ].join('\n');
}

function listed(label: string, texts: readonly string[]): Fact[] {
  return texts.map((text, at) => ({ label: at === 0 ? label : '', text }));
}

function unusedFacts({ unused }: Import): Fact[] {
  if (unused.length === 0) return [];
  const names = unused.slice(0, 3).map(({ name }) => name);
  const more = unused.length > 3 ? ' and more (notes.json)' : '';
  return [{ label: 'not used', text: `${counted(unused.length, 'file')}: ${names.join(', ')}${more}` }];
}

function factTable(result: Import): Table {
  return {
    title: `${result.machine.name || 'machine'}: what is known, and from where`,
    columns: [
      { heading: 'fact', align: 'left' },
      { heading: 'value', align: 'left' },
      { heading: 'how', align: 'left' },
      { heading: 'from', align: 'left' },
    ],
    rows: factRows(result).map(({ fact, value, kind, from }) => [fact, clipped(value), kind, from]),
  };
}

/** Releases and command lines are long, and in machine.json whole. */
function clipped(text: string): string {
  return text.length <= 44 ? text : `${text.slice(0, 43)}…`;
}

function mapText({ origin, from }: ImportedMap): string {
  return origin === 'built' ? ORIGINS.built : `${ORIGINS[origin]} (${from})`;
}

function traceFacts({ trace, manifest }: Import): Fact[] {
  const missing = listed(
    'missing',
    (manifest?.missing ?? []).map(({ name, reason }) => (reason === '' ? name : `${name}: ${reason}`)),
  );
  if (trace === null) return missing;
  const { format, events, lines, lost, lostEvents } = trace;
  const read = `${FORMATS[format] ?? format}, ${counted(events, 'event')} in ${counted(lines, 'line')}`;
  if (lost.length === 0) return [{ label: 'trace.txt', text: `${read}, none lost` }, ...missing];
  const count = lostEvents > 0 ? formatCount(lostEvents) : 'some';
  return [{ label: 'trace.txt', text: `${read}; LOST: ${count} events`, tone: 'bad' }, ...missing];
}
