// What a run was about and where it was made, as tables.
import { formatSize } from '../../io/size.js';
import type { Run } from '../../record/run.js';
import { groupBy } from '../group.js';
import { configurationLabel, coreLabel, geometryLabel } from '../labels.js';
import { LEAF_SIZES } from '../leaf-size.js';
import { formatCount, formatSignificant } from '../number.js';
import { commitLabel } from '../sections/history.js';
import type { Row, Table } from '../table.js';

/** The machines whose page tables were simulated: captured ones, and built ones. */
export function machinesTable(run: Run): Table {
  const captured = [...groupBy(run.replays, ({ machine }) => machine)].map(([machine, replays]): Row => {
    const [first] = replays;
    if (first === undefined) throw new Error('a group has a member');
    const bytes = LEAF_SIZES.reduce((sum, size) => sum + first.before.leafBytes[size], 0);
    return [
      machine,
      geometryLabel(first),
      formatSize(bytes),
      replays.map(({ scenario }) => scenario).join(', '),
    ];
  });
  const machines = groupBy(run.comparisons, ({ configuration, memoryBytes }) =>
    [configuration, memoryBytes].join(),
  );
  const built = [...machines.values()].flatMap((records): Row[] => {
    const [first] = records;
    if (first === undefined) return [];
    const { configuration, memoryBytes } = first;
    const geometries = [...new Set(records.map(geometryLabel))].join(', ');
    return [[configuration, geometries, formatSize(memoryBytes), configurationLabel(configuration)]];
  });
  return {
    title: 'Machines whose page tables were simulated',
    columns: [
      { heading: 'machine', align: 'left' },
      { heading: 'granule /VA bits', align: 'left' },
      { heading: 'memory in the linear map', align: 'right' },
      { heading: 'scenarios, or configuration', align: 'left' },
    ],
    rows: [
      ...(captured.length > 0
        ? [{ group: 'Captured from real kernels (virtual machines)' }, ...captured]
        : []),
      ...(built.length > 0 ? [{ group: 'Built by the simulated kernel, from a description' }, ...built] : []),
    ],
    notes: [
      `TLBs were simulated of: ${coresOf(run) || 'none'}. Their sizes and their sources: docs/cores.md.`,
    ],
  };
}

/** The run itself, and what its measured times depend on. */
export function runTable(run: Run): Table {
  const { environment, options, commit, version, time } = run;
  const { cpu, cores, architecture, platform, node, v8, loadAverage, wasm, fingerprint } = environment;
  const facts: [string, string][] = [
    [
      'made',
      `${time.slice(0, 16).replace('T', ' ')} UTC, in ${formatSignificant(run.elapsedMs.total / 1000)} s`,
    ],
    ['linmap', `${version}, commit ${commit === null ? 'not known' : commitLabel(commit)}`],
    ['options', optionsText(options)],
    ['CPU', `${cpu}, ${formatCount(cores)} logical CPUs, ${architecture}, ${platform}`],
    ['runtime', `Node ${node}, V8 ${v8}`],
    ['load average', formatSignificant(loadAverage)],
    ['core', `${formatCount(wasm.bytes)} bytes of WebAssembly, SHA-256 ${wasm.sha256.slice(0, 16)}…`],
    ['fingerprint', fingerprint],
  ];
  return {
    title: 'The run, and the machine that it ran on',
    columns: [
      { heading: 'what', align: 'left' },
      { heading: 'value', align: 'left' },
    ],
    rows: facts,
    notes: [
      'Only the times of the simulator depend on this machine. Counters, maps and estimates are the same on any other.',
    ],
  };
}

function optionsText({ quick, filter }: Run['options']): string {
  const parts = [quick ? 'quick: fewer samples, shorter streams' : 'whole'];
  if (filter !== null) parts.push(`only what matches ${filter.replaceAll('\\/', '/')}`);
  return parts.join('; ');
}

function coresOf({ tlb }: Run): string {
  return [...new Set(tlb.map(({ core }) => coreLabel(core)))].join(', ');
}
