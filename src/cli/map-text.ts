// What a built map is made of, for people.
import { formatSize } from '../io/size.js';
import { linearMapPolicy, type Stage } from '../kernel/boot.js';
import type { Machine } from '../machine/machine.js';
import { rodataLabel } from '../machine/rodata.js';
import type { Finding, FindingKind } from '../map/explain.js';
import { terminalTable } from '../report/table.js';
import { type Fact, factLines } from './facts.js';
import { leafTable } from './leaf-table.js';
import type { BootComparison, ExactComparison, ExplainedComparison } from './map-comparison.js';
import { type MapReport, mappedMemory } from './map-report.js';
import type { Colours } from './output.js';
import { counted, tablesInWords } from './words.js';

const LISTED = 5;

const STAGE_TEXT: Readonly<Record<Stage, string>> = {
  mapped: 'mapped: as map_mem() leaves it',
  repainted: 'repainted: all CPUs are up',
  final: "final: the aliases of the kernel's image are read-only",
};

export function mapText({ machine, stage, state, comparison }: MapReport, colours: Colours): string {
  const { granule, vaBits } = machine;
  return [
    colours.bold(`${machine.name || 'machine'}: linear map of ${formatSize(mappedMemory(machine))}`),
    ...factLines(
      [
        { label: 'geometry', text: `${granule / 1024}K granule, ${vaBits} VA bits` },
        { label: 'rodata', text: rodataLabel(machine.rodata) },
        { label: 'BBML2', text: bbml2InWords(machine) },
        ...otherSettings(machine),
        { label: 'stage', text: machine.image ? STAGE_TEXT[stage] : `${STAGE_TEXT[stage]} (no image here)` },
        { label: 'page tables', text: tablesInWords(state.tables, granule) },
        ...(comparison ? comparisonFacts(comparison) : []),
      ],
      colours,
    ),
    '',
    terminalTable(leafTable(granule, { leaves: state.leaves, bytes: state.leafBytes }), {
      stream: process.stdout,
    }),
  ].join('\n');
}

function bbml2InWords(machine: Machine): string {
  const { bbml2, bbml2AllCpus } = machine;
  const who = !bbml2 ? 'no' : bbml2AllCpus ? 'yes, on all CPUs' : 'on the boot CPU only';
  const { forcePages, requiresBbml2 } = linearMapPolicy(machine);
  if (forcePages) return `${who}: everything is mapped in pages`;
  if (!requiresBbml2) return `${who}; nothing will have to be split`;
  return bbml2AllCpus ? `${who}: blocks, split on demand` : `${who}: blocks, repainted to pages during boot`;
}

function otherSettings({ kfence, debugPagealloc }: Machine): Fact[] {
  const facts: Fact[] = [];
  if (kfence.early) facts.push({ label: 'KFENCE', text: 'its pool is set up at boot, in pages' });
  if (kfence.late) facts.push({ label: 'KFENCE', text: 'may be switched on at run time' });
  if (debugPagealloc) facts.push({ label: 'debug_pagealloc', text: 'on' });
  return facts;
}

function comparisonFacts(comparison: BootComparison): Fact[] {
  return 'equal' in comparison ? exactFacts(comparison) : explainedFacts(comparison);
}

function exactFacts({ file, equal, differenceCount, differences }: ExactComparison): Fact[] {
  if (equal) return [{ label: 'equal', text: `yes: ${file}`, tone: 'good' }];
  return [
    {
      label: 'equal',
      text: `NO: ${counted(differenceCount, 'descriptor')} other than in ${file}`,
      tone: 'bad',
    },
    ...differences.slice(0, LISTED).map(({ va, level, expected, actual }) => ({
      label: '',
      text: `${va} level ${level}: captured ${expected ?? 'nothing'}, built ${actual ?? 'nothing'}`,
    })),
  ];
}

function explainedFacts({ file, explained, unexplained, findings }: ExplainedComparison): Fact[] {
  const wrong = findings.filter(({ kind }) => kind === 'unexplained');
  const head: Fact =
    unexplained === 0
      ? { label: 'explained', text: `yes, all that differs in ${file}`, tone: 'good' }
      : {
          label: 'explained',
          text: `NO: ${counted(unexplained, 'descriptor')} of ${file} by nothing that happens after boot`,
          tone: 'bad',
        };
  return [
    head,
    ...wrong
      .slice(0, LISTED)
      .map(({ va, bytes, text }) => ({ label: '', text: `${va} ${formatSize(bytes)}: ${text}` })),
    ...(explained === 0 ? [] : [{ label: '', text: changesInWords(explained, findings) }]),
  ];
}

/** What has happened since: `12 descriptors: read-only 64 KiB, finer leaves 2 MiB`. */
function changesInWords(explained: number, findings: readonly Finding[]): string {
  const kinds: readonly FindingKind[] = ['read-only', 'invalid', 'finer leaves'];
  const parts = kinds.flatMap((kind) => {
    const bytes = findings.reduce((sum, finding) => sum + (finding.kind === kind ? finding.bytes : 0), 0);
    return bytes === 0 ? [] : [`${formatSize(bytes)} ${kind}`];
  });
  return `changed since then: ${counted(explained, 'descriptor')}; ${parts.join(', ')}`;
}
