// What linmap tlb found, for people.
import { EXPOSED_SHARE } from '../estimate/cost/walk-time.js';
import { secondLevelData } from '../estimate/reach.js';
import type { TlbConfigurationRecord } from '../estimate/tlb-record.js';
import { WEAR } from '../estimate/wear.js';
import { formatSize } from '../io/size.js';
import { linearMapPolicy } from '../kernel/boot.js';
import { flatten } from '../machine/cores/core-model.js';
import { formatGranule } from '../machine/va-layout.js';
import { formatCount, formatSignificant } from '../report/number.js';
import { formatPoints } from '../report/points.js';
import { type Table, terminalTable, wrap } from '../report/table.js';
import { factsOf } from './core-facts.js';
import { type Fact, factLines } from './facts.js';
import { mappedMemory } from './map-report.js';
import type { Colours } from './output.js';
import { exposedCycles, instructionsOf, pointsOverLru, type TlbReport } from './tlb-report.js';
import { theoryTable } from './tlb-theory-text.js';

const WIDTH = 100;
const NOTHING = '–';

export function tlbText(report: TlbReport, colours: Colours): string {
  const { record, core } = report;
  const table = (content: Table) => terminalTable(content, { stream: process.stdout });
  const theory = theoryTable(report);
  return [
    ...wrap(`TLB misses and walks of ${record.stream.name} on ${core.title}: an estimate`, WIDTH).map(
      colours.bold,
    ),
    ...factLines(facts(report), colours),
    '',
    table(missTable(report)),
    '',
    table(walkTable(report)),
    ...(theory === null ? [] : ['', table(theory)]),
  ].join('\n');
}

function facts(report: TlbReport): Fact[] {
  const { record, machine, configurations, seed } = report;
  const { name, granule, vaBits } = machine;
  const { accesses } = record.stream;
  const instructions = instructionsOf(report);
  const origin = seed === null ? 'as captured' : `seed ${seed}`;
  return [
    { label: 'accesses', text: `${formatCount(accesses)} (${classesInWords(report)}); ${origin}` },
    { label: 'instructions', text: instructions === null ? 'not known' : formatCount(instructions) },
    ...(name === '' ? [] : [{ label: 'machine', text: name }]),
    {
      label: 'linear map',
      text: `${formatSize(mappedMemory(machine))}, ${formatGranule(granule)} granule, ${vaBits} VA bits`,
    },
    ...configurations.map(({ id, title }) => ({ label: id, text: title })),
  ];
}

function classesInWords({ byClass: { linearMap, otherKernel, user, instruction } }: TlbReport): string {
  const parts: [number, string][] = [
    [linearMap, 'linear map'],
    [otherKernel, 'other kernel'],
    [user, 'user'],
    [instruction, 'instruction fetch'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${formatCount(count)} ${name}`)
    .join(', ');
}

function missTable(report: TlbReport): Table {
  const { entries } = secondLevelData(flatten(report.core));
  const right = (heading: string) => ({ heading, align: 'right' as const });
  return {
    title: 'Misses',
    columns: [
      { heading: 'configuration', align: 'left' },
      right('L1 misses'),
      right('L2 misses'),
      right('merged'),
      right('walks'),
      right('exact LRU'),
      right('difference, points'),
      right('cold'),
      right('reach'),
    ],
    rows: report.record.configurations.map((one) => [
      one.id,
      formatCount(one.l1Misses),
      formatCount(one.l2Misses),
      formatCount(one.merged),
      formatCount(one.walks),
      formatCount(one.lruMisses),
      formatPoints(pointsOverLru(report, one)),
      formatCount(one.coldMisses),
      formatSize(one.reachBytes),
    ]),
    notes: [
      'Merged: accesses that waited for a walk under way, no misses of either level. Cold: leaves touched by data accesses for the ' +
        'first time, which no TLB holds; misses and exact LRU include them.',
      `Exact LRU: what one LRU buffer of ${formatCount(entries)} entries would miss of the data accesses ` +
        '(Mattson). Difference: L2 misses of data accesses less that, in per cent of data accesses. It is what sets, ' +
        `replacement, the first level${fetchesToo(report)} and tables among the leaves make of it.`,
      "Reach: linear map that the second level's data entries cover at most.",
    ],
  };
}

function fetchesToo({ byClass }: TlbReport): string {
  return byClass.instruction > 0 ? ', instruction fetches' : '';
}

function walkTable(report: TlbReport): Table {
  const right = (heading: string) => ({ heading, align: 'right' as const });
  return {
    title: 'Walks, and what they cost',
    columns: [
      { heading: 'configuration', align: 'left' },
      right('lines: L2'),
      right('lines: system'),
      right('lines: DRAM'),
      right('walk cycles'),
      right('MPKI: linear map'),
      right('MPKI: kernel'),
      right('MPKI: total'),
      right('exposed cycles / 1000 instructions'),
    ],
    rows: report.record.configurations.map((one) => {
      const { linesFetched, walkCycles, mpki } = one;
      return [
        one.id,
        formatCount(linesFetched.l2),
        formatCount(linesFetched.system),
        formatCount(linesFetched.dram),
        formatCount(walkCycles),
        mpki ? formatSignificant(mpki.linearMap) : NOTHING,
        mpki ? formatSignificant(mpki.kernel) : NOTHING,
        mpki ? formatSignificant(mpki.total) : NOTHING,
        exposed(report, one),
      ];
    }),
    notes: notes(report),
  };
}

function exposed(report: TlbReport, configuration: TlbConfigurationRecord): string {
  const interval = exposedCycles(report, configuration);
  if (interval === null) return NOTHING;
  return `${formatSignificant(interval.low)}–${formatSignificant(interval.high)}`;
}

function notes(report: TlbReport): string[] {
  const { machine, scenario, core, coreName } = report;
  const values = factsOf(core);
  const assumed = values.filter(({ kind }) => kind === 'assumed').length;
  const { low, high } = EXPOSED_SHARE;
  const lines = [
    'MPKI: second-level misses for each 1000 instructions. Lines: descriptors by where they were found.',
    `Exposed: instructions wait for ${100 * low} to ${100 * high} % of the walk cycles, which is assumed.`,
    'Estimated by simulation, not measured. Leaves outside the linear map have assumed sizes (docs/commands.md).',
    `Of the core's ${values.length} values ${assumed} are assumed: linmap cores ${coreName}`,
  ];
  if (scenario === null) {
    const { modules, packs, secretPages } = WEAR;
    lines.push(
      `After use: ${modules} modules, ${packs} BPF packs and ${secretPages} secret pages, which is assumed.`,
    );
  }
  if (machine.debugPagealloc) {
    lines.push('debug_pagealloc: every configuration of this machine is in pages.');
  } else if (scenario && linearMapPolicy(machine).forcePages) {
    lines.push('The captured map is in pages: so is blocks-after, and what the strategies leave.');
  }
  return lines;
}
