// The hot path beside a plain C twin, and what is to be reached.
import type { NativePathRecord, NativeRecord } from '../../record/native.js';
import type { Run } from '../../record/run.js';
import { formatCount, formatNanoseconds, formatRatio, formatSignificant } from '../number.js';
import type { Cell, Row, Table } from '../table.js';

export function nativeSection(run: Run): Table[] {
  const { native } = run;
  if (native === undefined) return [];
  return [...pathTable(run, native), ...replayTable(native)];
}

/** What is timed, and what C does where that is not the same. */
function nativeTitle({ path, title, against }: NativePathRecord): string {
  return `${path}: ${title}${against === null ? '' : `, against ${against}`}`;
}

function pathTable(run: Run, { paths, compiler, skipped }: NativeRecord): Table[] {
  if (paths.length === 0 && skipped === null) return [];
  const { cpu, node, v8, loadAverage } = run.environment;
  return [
    {
      title: 'Hot path beside C',
      columns: [
        { heading: 'WASM', align: 'right' },
        { heading: 'C', align: 'right' },
        { heading: 'TypeScript', align: 'right' },
        { heading: 'WASM of C', align: 'right' },
        { heading: '95 % interval', align: 'right' },
        { heading: 'of C, 128-bit vectors', align: 'right' },
        { heading: 'target', align: 'right' },
        { heading: 'met', align: 'left' },
      ],
      rows: paths.flatMap((path): Row[] => [
        { group: `${nativeTitle(path)}, time per ${path.operation}` },
        pathCells(path),
      ]),
      notes: [
        compiler === null
          ? `Nothing to compare with: ${skipped}.`
          : `C: ${compiler.version}, ${compiler.flags.join(' ')}.`,
        'CPU time. The ratio is the median of pairs that were timed right after each other, in turns. WASM has vectors of 128 bits.',
        `${cpu}, Node ${node}, V8 ${v8}, load average ${formatSignificant(loadAverage)}${run.options.quick ? '; quick run, few samples' : ''}.`,
      ],
    },
  ];
}

function pathCells({ nsPerOperation, ratio, narrowRatio, target, met }: NativePathRecord): Cell[] {
  const { wasm, native, typescript } = nsPerOperation;
  return [
    formatNanoseconds(wasm.median),
    formatNanoseconds(native.median),
    typescript === null ? '–' : formatNanoseconds(typescript.median),
    formatRatio(ratio.median, 1),
    `${formatSignificant(ratio.low)}–${formatRatio(ratio.high, 1)}`,
    narrowRatio === undefined ? '–' : formatRatio(narrowRatio.median, 1),
    `≤ ${formatRatio(target, 1)}`,
    metCell(met),
  ];
}

function replayTable({ replays }: NativeRecord): Table[] {
  if (replays.length === 0) return [];
  return [
    {
      title: 'Replay of captured traces, text already parsed',
      columns: [
        { heading: 'trace', align: 'left' },
        { heading: 'calls', align: 'right' },
        { heading: 'calls a second', align: 'right' },
        { heading: '95 % interval', align: 'right' },
        { heading: 'target', align: 'right' },
        { heading: 'met', align: 'left' },
      ],
      rows: replays.map(({ title, calls, callsPerSecond: { median, low, high }, target, met }) => [
        title,
        formatCount(calls),
        formatMillions(median),
        `${formatSignificant(low / 1e6)}–${formatMillions(high)}`,
        `≥ ${formatMillions(target)}`,
        metCell(met),
      ]),
    },
  ];
}

function formatMillions(rate: number): string {
  return `${formatSignificant(rate / 1e6)} M`;
}

function metCell(met: boolean): Cell {
  return met ? { text: 'yes', tone: 'good' } : { text: 'no', tone: 'bad' };
}
