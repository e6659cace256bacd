// JSON for github-action-benchmark, `customSmallerIsBetter`: everything as a time.
import { nanosecondsOf, timedSeries } from '../timed-series.js';
import { type ExportFormat, exportedJson } from './export-format.js';

const PER_SECOND: Readonly<Record<string, string>> = {
  'accesses/s': 'ns/access',
  'bytes/s': 'ns/byte',
  'calls/s': 'ns/call',
};

export const githubActionFormat: ExportFormat = {
  id: 'github-action',
  reader: 'github-action-benchmark, tool customSmallerIsBetter',
  ofRun: (run, wanted) =>
    exportedJson(
      timedSeries(run)
        .filter(({ name }) => wanted(name))
        .map((series) => {
          const { median, low, high } = nanosecondsOf(series);
          return {
            name: series.name,
            unit: unitOf(series.unit),
            value: significant(median),
            ...(low === null || high === null ? {} : { range: `± ${significant((high - low) / 2)}` }),
            extra: [
              series.samples === null ? 'middle sample' : `median of ${series.samples} samples`,
              `load ${run.environment.loadAverage}`,
            ].join('\n'),
          };
        }),
    ),
};

/** What a second does, turned into the nanoseconds that one takes. */
function unitOf(unit: string): string {
  return PER_SECOND[unit] ?? unit;
}

function significant(value: number): number {
  return Number(value.toPrecision(6));
}
