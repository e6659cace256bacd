// The Go benchmark format (golang.org/design/14313-benchmark-format), for benchstat and its kin.
import { exactCases } from '../exact-cases.js';
import type { Environment, Run } from '../run.js';
import { timedSeries } from '../timed-series.js';
import { goNameOfCase, goNameOfSeries, goUnit } from './benchmark-name.js';
import { type ExportFormat, exported, type Wanted } from './export-format.js';

const GOOS: Readonly<Record<string, string>> = { win32: 'windows' };
const GOARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

export const goFormat: ExportFormat = {
  id: 'go',
  reader: 'benchstat and other readers of the Go benchmark format',
  ofRun: (run, wanted) =>
    exported(`${[...configuration(run), ...timed(run, wanted), ...exact(run, wanted)].join('\n')}\n`),
};

function configuration(run: Run): string[] {
  const { platform, architecture, cpu, node, fingerprint }: Environment = run.environment;
  const values = {
    goos: GOOS[platform] ?? platform,
    goarch: GOARCH[architecture] ?? architecture,
    cpu,
    node,
    fingerprint,
    pkg: 'linmap',
    commit: run.commit === null ? '' : run.commit.hash + (run.commit.dirty ? '-dirty' : ''),
    date: run.time,
    quick: String(run.options.quick),
  };
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value.replace(/\s+/g, ' ')}`);
}

/** One line a series: records keep the median of their samples, not the samples. */
function timed(run: Run, wanted: Wanted): string[] {
  const series = timedSeries(run).filter(({ name }) => wanted(name));
  const units = new Map(series.map(({ unit, better }) => [unit, better]));
  return [
    ...[...units].map(([unit, better]) => `Unit ${unit} better=${better}`),
    ...series.map(
      ({ name, samples, median, unit }) => `${goNameOfSeries(name)} ${samples ?? 1} ${median} ${unit}`,
    ),
  ];
}

/** Counters have no distribution: benchstat compares them for equality and says where one varies. */
function exact(run: Run, wanted: Wanted): string[] {
  const cases = exactCases(run).filter(({ name }) => wanted(name));
  const units = new Set(cases.flatMap(({ counters }) => Object.keys(counters).map(goUnit)));
  return [
    ...[...units].map((unit) => `Unit ${unit} assume=exact`),
    ...cases.map(({ name, counters }) => {
      const values = Object.entries(counters).map(([counter, value]) => `${value} ${goUnit(counter)}`);
      return `${goNameOfCase(name)} 1 ${values.join(' ')}`;
    }),
  ];
}
