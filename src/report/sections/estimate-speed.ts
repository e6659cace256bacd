// How fast the estimates themselves are made.
import type { EstimateSpeedRecord, Run } from '../../record/run.js';
import { formatSignificant } from '../number.js';
import type { Table } from '../table.js';

const MILLION = 1e6;

export function estimateSpeedSection(run: Run): Table[] {
  if (run.estimateSpeed.length === 0) return [];
  return [
    {
      title: 'Speed of the estimates, one thread',
      columns: [
        { heading: 'what', align: 'left' },
        { heading: 'a second', align: 'right' },
      ],
      rows: run.estimateSpeed.map((record) => [record.title, rate(record)]),
      notes: [
        'Middle sample. TLB simulation: Neoverse N1, 16 GiB mapped by leaves of every size, Zipf 0.99.',
      ],
    },
  ];
}

function rate({ operation, perSecond }: EstimateSpeedRecord): string {
  const millions = formatSignificant(perSecond / MILLION);
  return operation === 'byte' ? `${millions} MB` : `${millions} M accesses`;
}
