// The gate on times: which benchmarks are slower than the pinned reference, and how sure that is.
import type { GateBenchmark, GateRecord, Run } from '../../record/run.js';
import { formatCount, formatPercentChange } from '../number.js';
import type { Cell, Row, Table } from '../table.js';

export function gateSection({ gate }: Run): Table[] | string {
  if (gate === undefined) return [];
  if (gate.benchmarks.length === 0)
    return `Times against the reference: not judged. ${sentence(gate.reason)}`;
  return [gateTable(gate)];
}

/** Times against the reference, one row a benchmark. */
export function gateTable(gate: GateRecord): Table {
  return {
    title: 'Times against the reference',
    columns: [
      { heading: 'benchmark', align: 'left' },
      { heading: 'verdict', align: 'left' },
      { heading: 'change', align: 'right' },
      { heading: 'interval', align: 'right' },
      { heading: 'reference against itself', align: 'right' },
      { heading: 'margin', align: 'right' },
      { heading: 'processes', align: 'right' },
    ],
    rows: gate.benchmarks.map(row),
    notes: notes(gate),
  };
}

function row(benchmark: GateBenchmark): Row {
  const { name, ratio, control, margin, processes } = benchmark;
  return [
    name,
    verdictCell(benchmark),
    change(ratio.ratio),
    interval(ratio),
    interval(control),
    `±${formatCount(margin * 100)} %`,
    formatCount(processes),
  ];
}

function verdictCell({ verdict, tooNoisy }: GateBenchmark): Cell {
  switch (verdict) {
    case 'regressed':
      return { text: 'REGRESSED', tone: 'bad' };
    case 'improved':
      return { text: 'improved', tone: 'good' };
    case 'unchanged':
      return 'unchanged';
    case 'inconclusive':
      return tooNoisy ? 'too noisy to judge' : 'inconclusive';
  }
}

function notes(gate: GateRecord): string[] {
  const { reference, clock, processes, elapsedMs, alpha } = gate;
  const from = reference?.commit ? ` of commit ${reference.commit.slice(0, 12)}` : '';
  const what = clock === 'cpu' ? 'processor time' : 'wall-clock time';
  return [
    ...(gate.reason === null ? [] : [`Not judged. ${sentence(gate.reason)}`]),
    ...gate.notes.map(sentence),
    `Reference${from}, pinned ${reference?.pinned.slice(0, 10) ?? 'never'}. ${formatCount(processes)} processes, ${formatCount(Math.round(elapsedMs / 1000))} s, ${what}.`,
    `Intervals are as wide as it takes for any false alarm among all benchmarks to have a probability of ${formatCount(alpha * 100)} % at most.`,
  ];
}

function change(ratio: number): string {
  // What is below a hundredth of a percent is noise on any machine.
  return formatPercentChange(Number(((ratio - 1) * 100).toFixed(2)));
}

function interval({ low, high }: { low: number; high: number }): string {
  if (!Number.isFinite(high)) return '–';
  return `${change(low)} … ${change(high)}`;
}

function sentence(text: string | null): string {
  if (text === null) return '';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
