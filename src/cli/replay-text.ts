// What a replay found, for people.
import type { TraceCounters } from '../capture/witness.js';
import { type Counters, totalSplits, totalTlbi } from '../core/counters.js';
import { formatSize } from '../io/size.js';
import type { Difference } from '../map/compare.js';
import { LEAF_SIZES, leafName } from '../report/leaf-size.js';
import { formatCount, formatSizeChange } from '../report/number.js';
import { askerTables } from '../report/replay/asker-tables.js';
import { claimWords, reservations } from '../report/replay/claim-words.js';
import { joinedWhereAlike } from '../report/sections/alike.js';
import { strategiesTable, strategyRow } from '../report/sections/strategies-on-traces.js';
import { type Table, terminalTable } from '../report/table.js';
import { type Fact, factLines } from './facts.js';
import type { Colours } from './output.js';
import { type ReplayReport, uncomparedMaps } from './replay-report.js';
import { counted, listed, tablesInWords } from './words.js';

const LISTED_DIFFERENCES = 5;
const LISTED_ASKERS = 5;

export function replayText(report: ReplayReport, colours: Colours): string {
  const { scenario, strategy, replay } = report;
  const how = strategy ? `as ${strategy.title} (${strategy.status})` : 'as the kernel did it';
  return [
    colours.bold(`${scenario.machineName}/${scenario.name}, ${how}`),
    ...factLines(
      [
        {
          label: 'events',
          text: `${formatCount(scenario.events)} in the trace, ${counted(replay.applied, 'call')} applied`,
        },
        ...verdicts(report),
        ...claimFacts(report),
        ...counterFacts(replay.counters, scenario.machine.granule),
        ...(replay.trace ? [traceFact(replay.trace)] : []),
      ],
      colours,
    ),
    ...[leafTable(report), ...reviewTables(report)].flatMap((table) => [
      '',
      terminalTable(table, { stream: process.stdout }),
    ]),
  ].join('\n');
}

/** How much of what follows is certain. */
function claimFacts({ review }: ReplayReport): Fact[] {
  if (!review) return [];
  const { claim } = review;
  const tone = claim.weakened ? ({ tone: 'bad' } as const) : {};
  return [
    { label: 'claim', text: claimWords(claim), ...tone },
    ...reservations(claim).map((text) => ({ label: '', text })),
  ];
}

function reviewTables({ review }: ReplayReport): Table[] {
  if (!review) return [];
  const { askers, strategies } = review;
  return [
    ...askerTables(askers, LISTED_ASKERS),
    strategiesTable('The same trace under each strategy', joinedWhereAlike(strategies.map(strategyRow))),
  ];
}

function verdicts(report: ReplayReport): Fact[] {
  const facts = report.strategy ? strategyVerdict(report) : kernelVerdict(report);
  const uncompared = uncomparedMaps(report).map((name) => `${name}.map.json`);
  if (uncompared.length > 0) {
    facts.push({
      label: 'not compared',
      text: `${uncompared.join(', ')}: the trace does not say when it was read`,
    });
  }
  return facts;
}

function kernelVerdict({ replay }: ReplayReport): Fact[] {
  const { snapshots } = replay;
  // The claim says so.
  if (snapshots.length === 0) return [];
  const different = snapshots.filter(({ equal }) => !equal);
  if (different.length === 0) {
    const names = snapshots.map(({ name }) => `${name}.map.json`).join(', ');
    return [{ label: 'equal', text: `yes: ${names}`, tone: 'good' }];
  }
  return different.flatMap(({ name, differenceCount, differences }) => [
    differenceFact('equal', `${name}.map.json`, differenceCount, 'bad'),
    ...differences.slice(0, LISTED_DIFFERENCES).map(differenceLine),
  ]);
}

function strategyVerdict({ after, permissionDifferenceBytes }: ReplayReport): Fact[] {
  const bytes = permissionDifferenceBytes ?? 0;
  const permissions: Fact =
    bytes === 0
      ? { label: 'permissions', text: "yes: every page ends with the kernel's", tone: 'good' }
      : {
          label: 'permissions',
          text: `NO: ${formatSize(bytes)} differ from what the kernel left`,
          tone: 'bad',
        };
  if (after === null) return [permissions];
  if (after.differenceCount === 0) return [permissions, { label: 'map', text: 'equal to after.map.json' }];
  return [permissions, differenceFact('map', 'after.map.json', after.differenceCount)];
}

function differenceFact(label: string, file: string, count: number, tone?: 'bad'): Fact {
  const text = `${counted(count, 'descriptor')} ${count === 1 ? 'differs' : 'differ'} from ${file}`;
  return tone ? { label, text: `NO: ${text}`, tone } : { label, text };
}

function differenceLine({ va, level, expected, actual }: Difference): Fact {
  return {
    label: '',
    text: `${va} level ${level}: expected ${expected ?? 'nothing'}, found ${actual ?? 'nothing'}`,
  };
}

function counterFacts(counters: Counters, granule: number): Fact[] {
  const { splits, tlbi } = counters;
  const total = totalSplits(counters);
  return [
    {
      label: 'splits',
      text: listed(total, formatCount(total), [
        [splits.pudToContPmd, 'PUD block to contiguous PMD'],
        [splits.pudToPmd, 'PUD block to PMD'],
        [splits.contPmd, 'contiguous PMD to PMD'],
        [splits.pmdToContPte, 'PMD block to contiguous PTE'],
        [splits.pmdToPte, 'PMD block to PTE'],
        [splits.contPte, 'contiguous PTE to PTE'],
      ]),
    },
    { label: 'new tables', text: tablesInWords(counters.tablesAllocated, granule) },
    {
      label: 'descriptors',
      text: `${formatCount(counters.descriptorWrites)} written, ${formatCount(counters.descriptorReads)} read`,
    },
    {
      label: 'barriers',
      text: `${formatCount(counters.dsbIshst)} dsb ishst, ${formatCount(counters.dsbIsh)} dsb ish, ${formatCount(counters.isb)} isb`,
    },
    {
      label: 'TLBI',
      text: listed(totalTlbi(counters), formatCount(totalTlbi(counters)), [
        [tlbi.single, 'single'],
        [tlbi.range, 'range'],
        [tlbi.all, 'all'],
      ]),
    },
  ];
}

/** What the probes inside the kernel saw of the same things. */
function traceFact({
  splits,
  tablesAllocated,
  boundaries,
  returns,
  agrees,
  disagreements,
}: TraceCounters): Fact {
  const seen = [
    splits &&
      counted(splits.pudToContPmd + splits.pudToPmd + splits.pmdToContPte + splits.pmdToPte, 'block split'),
    tablesAllocated && counted(tablesAllocated.pmd + tablesAllocated.pte, 'table'),
    boundaries === null ? null : `${formatCount(boundaries)} ${boundaries === 1 ? 'boundary' : 'boundaries'}`,
    returns === null ? null : counted(returns, 'return value'),
  ].filter((part) => part !== null);
  if (agrees) {
    const text = seen.length === 0 ? 'shows none of this' : `shows the same: ${seen.join(', ')}`;
    return { label: 'trace', text };
  }
  const [first] = disagreements;
  const where = first && first.line > 0 ? `line ${first.line}: ` : '';
  return { label: 'trace', text: `DISAGREES: ${where}${first?.text ?? ''}`, tone: 'bad' };
}

function leafTable({ scenario, replay }: ReplayReport): Table {
  const { before, after } = replay;
  const present = LEAF_SIZES.filter((size) => before.leaves[size] + after.leaves[size] > 0);
  return {
    title: `Leaves of the linear map; page tables ${formatSize(before.tableBytes)}, then ${formatSize(after.tableBytes)}`,
    columns: [
      { heading: 'leaf', align: 'left' },
      { heading: 'descriptors before', align: 'right' },
      { heading: 'after', align: 'right' },
      { heading: 'memory before', align: 'right' },
      { heading: 'after', align: 'right' },
      { heading: 'change', align: 'right' },
    ],
    rows: present.map((size) => [
      leafName(scenario.machine.granule, size),
      formatCount(before.leaves[size]),
      formatCount(after.leaves[size]),
      formatSize(before.leafBytes[size]),
      formatSize(after.leafBytes[size]),
      formatSizeChange(after.leafBytes[size] - before.leafBytes[size]),
    ]),
  };
}
