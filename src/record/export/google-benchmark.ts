// JSON as Google Benchmark writes it: its compare.py, github-action-benchmark (`googlecpp`) and Bencher read it.
import { nanosecondsOf, timedSeries } from '../timed-series.js';
import { type ExportFormat, exportedJson } from './export-format.js';

export const googleBenchmarkFormat: ExportFormat = {
  id: 'google-benchmark',
  reader: 'compare.py of Google Benchmark, github-action-benchmark (googlecpp), Bencher',
  ofRun: (run, wanted) => {
    const { environment, commit } = run;
    return exportedJson({
      context: {
        date: run.time,
        executable: 'linmap',
        num_cpus: environment.cores,
        caches: [],
        load_avg: [environment.loadAverage],
        library_version: run.version,
        library_build_type: 'release',
        json_schema_version: 1,
        cpu: environment.cpu,
        node: environment.node,
        fingerprint: environment.fingerprint,
        commit: commit?.hash ?? '',
      },
      benchmarks: timedSeries(run)
        // There is no time in a ratio.
        .filter(({ name, unit }) => unit !== 'ratio' && wanted(name))
        .map((series, index) => {
          const { name, samples, unit, median, better } = series;
          const time = nanosecondsOf(series);
          return {
            name,
            family_index: index,
            per_family_instance_index: 0,
            run_name: name,
            run_type: 'iteration',
            repetitions: 1,
            repetition_index: 0,
            threads: 1,
            iterations: samples ?? 1,
            real_time: time.median,
            // One thread that never waits: there is no other time.
            cpu_time: time.median,
            time_unit: 'ns',
            // User counters: numeric fields of any other name.
            ...(time.low === null ? {} : { low_ns: time.low }),
            ...(time.high === null ? {} : { high_ns: time.high }),
            ...(better === 'higher'
              ? { [unit === 'bytes/s' ? 'bytes_per_second' : 'items_per_second']: median }
              : {}),
          };
        }),
    });
  },
};
