// Times of the simulator itself: WASM against plain TypeScript.
import type { HotPathRecord, Run } from '../../record/run.js';
import {
  formatCount,
  formatNanosecondInterval,
  formatNanoseconds,
  formatRatio,
  formatSignificant,
} from '../number.js';
import type { Row, Table } from '../table.js';

/** One path in both implementations. */
export interface HotPathPair {
  wasm: HotPathRecord;
  typescript: HotPathRecord;
  /** How many times as long TypeScript takes, of the medians. */
  ratio: number;
}

export function hotPathSection(run: Run): Table[] {
  const pairs = hotPathPairs(run);
  if (pairs.length === 0) return [];
  const { cpu, node, v8, loadAverage } = run.environment;
  return [
    {
      title: 'Hot path',
      columns: [
        { heading: 'implementation', align: 'left' },
        { heading: 'median', align: 'right' },
        { heading: '95 % interval', align: 'right' },
        { heading: 'samples', align: 'right' },
        { heading: 'of WASM', align: 'right' },
      ],
      rows: pairs.flatMap(({ wasm, typescript, ratio }): Row[] => [
        { group: `${wasm.path}: ${wasm.title}, time per ${wasm.operation}` },
        ['WASM', ...timeCells(wasm), formatRatio(1, 1)],
        ['TypeScript', ...timeCells(typescript), formatRatio(ratio, 1)],
      ]),
      notes: [
        `${cpu}, Node ${node}, V8 ${v8}, load average ${formatSignificant(loadAverage)}${run.options.quick ? '; quick run, few samples' : ''}.`,
      ],
    },
  ];
}

/** Paths that were timed in both implementations. */
export function hotPathPairs(run: Run): HotPathPair[] {
  const pairs: HotPathPair[] = [];
  for (const wasm of run.hotPath.filter(({ implementation }) => implementation === 'wasm')) {
    const typescript = run.hotPath.find(
      ({ path, title, implementation }) =>
        path === wasm.path && title === wasm.title && implementation === 'typescript',
    );
    if (typescript === undefined) continue;
    const ratio = typescript.nsPerOperation.median / wasm.nsPerOperation.median;
    pairs.push({ wasm, typescript, ratio });
  }
  return pairs;
}

function timeCells({ nsPerOperation: { median, low, high, samples } }: HotPathRecord): string[] {
  return [formatNanoseconds(median), formatNanosecondInterval(low, high), formatCount(samples)];
}
