// Cores for people: one in full, or a table of several.
import type { CoreModel, Fact, Kind, TlbModel, WalkCacheModel } from '../machine/cores/core-model.js';
import type { Table } from '../report/table.js';
import { factsOf, largestEntry } from './core-facts.js';
import { factLines } from './facts.js';
import type { Colours } from './output.js';

const MARK: Readonly<Record<Kind, string>> = { documented: '', measured: '*', assumed: '?' };

/** A core with all its values, their kinds and where they come from. */
export function coreText(core: CoreModel, colours: Colours): string {
  const facts = factsOf(core).map(({ label, text, kind, source }) => ({
    label,
    text: `${text} (${kind}: ${source})`,
  }));
  return [colours.bold(`${core.id}: ${core.title}`), ...factLines(facts, colours)].join('\n');
}

export function coresTable(cores: readonly CoreModel[]): Table {
  return {
    title: 'Cores: entries of their TLBs',
    columns: [
      { heading: 'core', align: 'left' },
      { heading: 'L1 data', align: 'right' },
      { heading: 'L1 instr.', align: 'right' },
      { heading: 'second level', align: 'right' },
      { heading: 'largest entry', align: 'left' },
      { heading: 'L2 hit, cycles', align: 'right' },
      { heading: 'walk cache', align: 'right' },
      { heading: 'walks', align: 'right' },
    ],
    rows: cores.map((core) => [
      core.id,
      array(core.l1Data),
      array(core.l1Instruction),
      secondLevel(core),
      largestEntries(core),
      marked(core.l2HitCycles, (cycles) => `+${cycles}`),
      walkCache(core.walkCache),
      marked(core.walkers, String),
    ]),
    notes: [
      'Documented by the vendor; * measured by others; ? assumed, because nothing was found.',
      'Without ways: fully associative. A + between arrays: data + instructions. Largest entry: L1 data, L1 instructions, second level.',
    ],
  };
}

/** `1280 5-way`, `48`. */
function array({ entries, ways }: Pick<TlbModel, 'entries' | 'ways'>): string {
  const count = marked(entries, String);
  return ways.value === entries.value ? count : `${count} ${marked(ways, (value) => `${value}-way`)}`;
}

function secondLevel({ l2 }: CoreModel): string {
  return 'unified' in l2 ? array(l2.unified) : `${array(l2.data)} + ${array(l2.instruction)}`;
}

function largestEntries({ l1Data, l1Instruction, l2 }: CoreModel): string {
  const second = 'unified' in l2 ? [l2.unified] : [l2.data, l2.instruction];
  const sizes = [l1Data, l1Instruction, ...second].map((tlb) => marked(tlb.sizes, largestEntry));
  return new Set(sizes).size === 1 ? (sizes[0] ?? '') : sizes.join(', ');
}

function walkCache(cache: WalkCacheModel): string {
  if (cache.kind.value === 'separate') return array(cache);
  return marked(cache.kind, (kind) => (kind === 'in-l2' ? 'in L2' : 'none'));
}

function marked<T>({ value, kind }: Fact<T>, inWords: (value: T) => string): string {
  return inWords(value) + MARK[kind];
}
