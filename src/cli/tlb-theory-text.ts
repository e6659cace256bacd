// Simulated misses beside what theory says of them.
import type { LevelAnswerRecord } from '../estimate/tlb-record.js';
import { formatPercent, formatPoints } from '../report/points.js';
import type { Table } from '../report/table.js';
import type { TlbReport } from './tlb-report.js';

/** null where nothing was analysed. */
export function theoryTable({ record }: TlbReport): Table | null {
  const rows = record.configurations.flatMap(({ id, analytic }) =>
    analytic === null
      ? []
      : [
          [id, 'L1', ...cells(analytic.l1, analytic.dataAccesses)],
          ['', 'L2', ...cells(analytic.l2, analytic.dataAccesses)],
        ],
  );
  if (rows.length === 0) return null;
  const right = (heading: string) => ({ heading, align: 'right' as const });
  return {
    title: 'Simulation beside theory: data accesses that miss, %',
    columns: [
      { heading: 'configuration', align: 'left' },
      { heading: 'level', align: 'left' },
      right('simulated'),
      right('stack distances'),
      right('difference, points'),
      right('closed form'),
      right('difference, points'),
    ],
    rows,
    notes: [
      'Stack distances: LRU in the sets of each level, exact, walks taking no time; the second level is asked for what ' +
        'the first misses, and for tables where they share it. Closed form: expected of the stream as such.',
      ...answersMissing(
        record.configurations.flatMap(({ analytic }) => (analytic ? [analytic.l1, analytic.l2] : [])),
      ),
    ],
  };
}

function cells(answer: LevelAnswerRecord, accesses: number): string[] {
  const { simulatedMisses, stackMisses, stackPoints, closedFormMisses, closedFormPoints } = answer;
  return [
    formatPercent(simulatedMisses, accesses),
    formatPercent(stackMisses, accesses),
    formatPoints(stackPoints),
    formatPercent(closedFormMisses, accesses),
    formatPoints(closedFormPoints),
  ];
}

/** Why dashes are dashes. */
function answersMissing(answers: readonly LevelAnswerRecord[]): string[] {
  const list = (reasons: (string | null)[]) => [...new Set(reasons.filter((reason) => reason !== null))];
  const stack = list(answers.map(({ noStackAnswer }) => noStackAnswer));
  const closed = list(answers.map(({ noClosedForm }) => noClosedForm));
  return [
    ...(stack.length > 0 ? [`No answer by stack distances: ${stack.join(', ')}.`] : []),
    ...(closed.length > 0 ? [`No closed answer: ${closed.join(', ')}.`] : []),
  ];
}
