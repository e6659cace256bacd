// Bencher Metric Format: benchmarks with measures, each a value with or without bounds.
import { exactCases } from '../exact-cases.js';
import { timedSeries } from '../timed-series.js';
import { slug } from './benchmark-name.js';
import { type ExportFormat, exportedJson } from './export-format.js';

interface Metric {
  value: number;
  lower_value?: number;
  upper_value?: number;
}

export const bencherFormat: ExportFormat = {
  id: 'bencher',
  reader: 'Bencher, adapter json',
  ofRun: (run, wanted) => {
    const benchmarks: Record<string, Record<string, Metric>> = {};
    for (const { name, unit, median, low, high } of timedSeries(run)) {
      if (!wanted(name)) continue;
      benchmarks[name] = {
        [measureOf(unit)]: {
          value: median,
          ...(low === null ? {} : { lower_value: low }),
          ...(high === null ? {} : { upper_value: high }),
        },
      };
    }
    for (const { name, counters } of exactCases(run)) {
      if (!wanted(name)) continue;
      benchmarks[name] = Object.fromEntries(
        Object.entries(counters).map(([counter, value]): [string, Metric] => [slug(counter), { value }]),
      );
    }
    return exportedJson(benchmarks);
  },
};

/** Bencher's own measures are latency, in nanoseconds, and throughput, in operations a second. */
function measureOf(unit: string): string {
  if (unit === 'ns/op') return 'latency';
  return unit.endsWith('/s') ? 'throughput' : slug(unit);
}
