// JSON formats, each against its own schema as its reader has it.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exactCases } from '../../../src/record/exact-cases.js';
import { bencherFormat } from '../../../src/record/export/bencher.js';
import type { ExportFormat } from '../../../src/record/export/export-format.js';
import { githubActionFormat } from '../../../src/record/export/github-action.js';
import { googleBenchmarkFormat } from '../../../src/record/export/google-benchmark.js';
import { timedSeries } from '../../../src/record/timed-series.js';
import { emptyRun } from '../../report/sample-run.js';
import { everything, exportedRun } from './exported-run.js';

const run = exportedRun();
const series = timedSeries(run);

function read<T extends z.ZodType>(format: ExportFormat, schema: T, of = run): z.output<T> {
  const { text, warnings } = format.ofRun(of, everything);
  expect(warnings).toEqual([]);
  expect(text.endsWith('\n')).toBe(true);
  return schema.parse(JSON.parse(text));
}

describe('github-action-benchmark', () => {
  // Of a customSmallerIsBetter file: src/extract.ts.
  const schema = z.array(
    z.strictObject({
      name: z.string().min(1),
      unit: z.string().min(1),
      value: z.number().positive(),
      range: z.string().optional(),
      extra: z.string().optional(),
    }),
  );
  const entries = read(githubActionFormat, schema);

  test('has every series once, and everything in it is smaller where it is better', () => {
    expect(entries.map(({ name }) => name)).toEqual(series.map(({ name }) => name));
    const rate = entries.find(({ unit }) => unit === 'ns/access');
    expect(rate?.value).toBeCloseTo(1e9 / 61_500_000, 3);
    expect(entries.some(({ unit }) => unit.endsWith('/s'))).toBe(false);
  });

  test('has a range where the record has an interval', () => {
    expect(entries[0]).toMatchObject({
      unit: 'ns/op',
      value: 18.4,
      range: '± 0.552',
      extra: expect.stringContaining('64 samples'),
    });
    expect(entries.find(({ unit }) => unit === 'ns/access')?.range).toBeUndefined();
  });

  test('of an empty run is an empty list', () =>
    expect(read(githubActionFormat, schema, emptyRun())).toEqual([]));
});

describe('Bencher', () => {
  // Bencher Metric Format: services/console/public/bmf.json. Measures are slugs.
  const metric = z.strictObject({
    value: z.number(),
    lower_value: z.number().optional(),
    upper_value: z.number().optional(),
  });
  const schema = z.record(z.string().min(1), z.record(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/), metric));
  const benchmarks = read(bencherFormat, schema);

  test('has every series and every case, times with their bounds', () => {
    expect(Object.keys(benchmarks)).toHaveLength(series.length + exactCases(run).length);
    const { name = '', median, low, high } = series[0] ?? {};
    expect(benchmarks[name]).toEqual({ latency: { value: median, lower_value: low, upper_value: high } });
    expect(benchmarks['estimates, TLB simulation, zipf']).toEqual({ throughput: { value: 61_500_000 } });
    expect(Object.keys(benchmarks['time gate, split, reference dddddddd'] ?? {})).toEqual(['ratio']);
  });

  test('has every counter of a case under a measure of its own', () => {
    for (const { name, counters } of exactCases(run)) {
      const values = Object.values(benchmarks[name] ?? {}).map(({ value }) => value);
      expect(values).toEqual(Object.values(counters));
    }
    const comparison = exactCases(run).find(({ name }) => name.startsWith('comparison '));
    expect(Object.keys(benchmarks[comparison?.name ?? ''] ?? {})).toContain('tlbi-single');
  });
});

describe('Google Benchmark', () => {
  // docs/user_guide.md, "Output formats", and what tools/gbench/report.py asks for.
  const schema = z.strictObject({
    context: z.looseObject({
      date: z.iso.datetime(),
      executable: z.string(),
      num_cpus: z.int(),
      caches: z.array(z.unknown()),
      load_avg: z.array(z.number()),
      library_version: z.string(),
      library_build_type: z.enum(['release', 'debug']),
      json_schema_version: z.literal(1),
    }),
    benchmarks: z.array(
      z
        .object({
          name: z.string(),
          family_index: z.int(),
          per_family_instance_index: z.int(),
          run_name: z.string(),
          run_type: z.literal(['iteration', 'aggregate']),
          repetitions: z.int().min(1),
          repetition_index: z.int(),
          threads: z.int().min(1),
          iterations: z.int().min(1),
          real_time: z.number().positive(),
          cpu_time: z.number().positive(),
          time_unit: z.literal(['ns', 'us', 'ms', 's']),
        })
        // User counters.
        .catchall(z.number()),
    ),
  });
  const { benchmarks } = read(googleBenchmarkFormat, schema);

  test('has every time, none twice, and no ratio', () => {
    const times = series.filter(({ unit }) => unit !== 'ratio');
    expect(benchmarks.map(({ name }) => name)).toEqual(times.map(({ name }) => name));
    expect(new Set(benchmarks.map(({ family_index }) => family_index)).size).toBe(times.length);
  });

  test('has times in nanoseconds and rates as counters', () => {
    expect(benchmarks[0]).toMatchObject({ real_time: 18.4, cpu_time: 18.4, time_unit: 'ns', iterations: 64 });
    const rate = benchmarks.find(({ items_per_second }) => items_per_second !== undefined);
    expect(rate?.real_time).toBeCloseTo(1e9 / 61_500_000, 9);
    expect(rate?.items_per_second).toBe(61_500_000);
  });
});
