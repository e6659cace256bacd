// Estimated TLB misses: each access stream over the configurations of one machine.
import type { Run, TlbConfigurationRecord, TlbRecord } from '../../record/run.js';
import { groupBy } from '../group.js';
import { coreLabel } from '../labels.js';
import { formatCount, formatSignificant } from '../number.js';
import { formatPercent, formatPoints } from '../points.js';
import type { Column, Row, Table } from '../table.js';
import { withoutAlike } from './alike.js';

const NOT_KNOWN = '–';

/** Every count of the captured traces, and the two that matter most of the generated streams. */
export function tlbSection(run: Run): Table[] {
  const captured = run.tlb.filter(({ stream }) => stream.captured);
  // Without instructions there are no rates.
  const generated = run.tlb.filter(({ stream }) => !stream.captured && stream.instructions !== null);
  return [
    ...(captured.length > 0 ? [capturedTable(captured, run.options.quick)] : []),
    ...(generated.length > 0 ? [generatedTable(generated)] : []),
    ...theoryTables(run.tlb),
  ];
}

function capturedTable(records: readonly TlbRecord[], quick: boolean): Table {
  return {
    title: `TLB misses of ${quick ? 'the beginnings of ' : ''}captured access traces, estimated by simulation`,
    columns: [
      { heading: 'map', align: 'left' },
      ...rightAligned('L1 misses', 'L2 misses', 'ideal LRU', 'cold', 'walks'),
      ...rightAligned('lines of L2', 'of system cache', 'of DRAM', 'walk cycles'),
      ...rightAligned('kernel MPKI', 'total MPKI', 'walk cycles /1000'),
    ],
    rows: records.flatMap((record): Row[] => {
      const { rows, alike } = withoutAlike(record.configurations.map(countCells));
      const { name, accesses, instructions } = record.stream;
      const known = instructions === null ? '' : `, ${formatCount(instructions)} instructions`;
      const streamed = `${name}, ${coreLabel(record.core)}: ${formatCount(accesses)} accesses${known}`;
      return [{ group: [streamed, ...alike].join('; ') }, ...rows];
    }),
    notes: [
      'L1, L2: levels of TLB. An access that waits for a walk under way is no miss. Ideal LRU: exact misses of data accesses in as many entries, fully associative. Cold: leaves touched for the first time. Lines: where 64 bytes of descriptors came from.',
      'MPKI: L2 misses per 1000 instructions; kernel: linear map and the rest of the kernel. /1000: per 1000 instructions.',
    ],
  };
}

function countCells(configuration: TlbConfigurationRecord): string[] {
  const { id, l1Misses, l2Misses, lruMisses, coldMisses, walks, linesFetched, walkCycles, mpki } =
    configuration;
  return [
    id,
    ...[l1Misses, l2Misses, lruMisses, coldMisses, walks].map(formatCount),
    ...[linesFetched.l2, linesFetched.system, linesFetched.dram, walkCycles].map(formatCount),
    known(mpki?.kernel),
    known(mpki?.total),
    known(configuration.walkCyclesPer1000Instructions),
  ];
}

function generatedTable(records: readonly TlbRecord[]): Table {
  const streams = [...new Set(records.map(({ stream }) => stream.name))];
  const machines = groupBy(records, ({ core, machine }) => `${coreLabel(core)}, ${machine}`);
  return {
    title:
      'TLB misses of generated streams, estimated by simulation: kernel MPKI / walk cycles per 1000 instructions',
    columns: [{ heading: 'map', align: 'left' }, ...rightAligned(...streams)],
    rows: [...machines].flatMap(([machine, ofMachine]): Row[] => {
      const ids = [...new Set(ofMachine.flatMap(({ configurations }) => configurations.map(({ id }) => id)))];
      const { rows, alike } = withoutAlike(
        ids.map((id) => [id, ...streams.map((stream) => rateCell(ofMachine, stream, id))]),
      );
      return [{ group: [machine, ...alike].join('; ') }, ...rows];
    }),
    notes: [
      'pages, blocks, on: fresh after boot, by rodata= and BBML2. blocks-after and strategies: what is left after wear, an assumed number of modules, BPF packs and secret pages. The state that a strategy leaves costs this much later.',
    ],
  };
}

/** Nothing where nothing was analysed. */
function theoryTables(records: readonly TlbRecord[]): Table[] {
  const analysed = records.filter(({ configurations }) => configurations.some(({ analytic }) => analytic));
  if (analysed.length === 0) return [];
  return [
    {
      title: 'TLB simulation beside theory: data accesses that the second level misses, %',
      columns: [
        { heading: 'map', align: 'left' },
        ...rightAligned('simulated', 'stack distances', 'points', 'closed form', 'points'),
        ...rightAligned('first level, points', 'closed form, points'),
      ],
      rows: analysed.flatMap((record): Row[] => {
        const { rows, alike } = withoutAlike(record.configurations.map(theoryCells));
        const streamed = `${record.stream.name}, ${coreLabel(record.core)}`;
        return [{ group: [streamed, ...alike].join('; ') }, ...rows];
      }),
      notes: [
        'Stack distances: LRU in the sets of each level, exact, walks taking no time; the second level is asked for what the first misses. Closed form: expected of a uniform, cyclic or Zipf stream. Points: simulated less theory. No closed form (–): a captured trace, several kinds of access, or a replacement or tables that theory does not cover; the record says which.',
      ],
    },
  ];
}

function theoryCells({ id, analytic }: TlbConfigurationRecord): string[] {
  if (analytic === null) return [id, ...Array<string>(7).fill(NOT_KNOWN)];
  const { l1, l2, dataAccesses } = analytic;
  return [
    id,
    formatPercent(l2.simulatedMisses, dataAccesses),
    formatPercent(l2.stackMisses, dataAccesses),
    formatPoints(l2.stackPoints),
    formatPercent(l2.closedFormMisses, dataAccesses),
    formatPoints(l2.closedFormPoints),
    formatPoints(l1.stackPoints),
    formatPoints(l1.closedFormPoints),
  ];
}

function rateCell(records: readonly TlbRecord[], stream: string, id: string): string {
  const configuration = records
    .find((record) => record.stream.name === stream)
    ?.configurations.find((one) => one.id === id);
  if (configuration === undefined) return NOT_KNOWN;
  return `${known(configuration.mpki?.kernel)} / ${known(configuration.walkCyclesPer1000Instructions)}`;
}

/** Rates need instructions, which some streams do not count. */
function known(rate: number | null | undefined): string {
  return rate === null || rate === undefined ? NOT_KNOWN : formatSignificant(rate);
}

function rightAligned(...headings: string[]): Column[] {
  return headings.map((heading) => ({ heading, align: 'right' }));
}
