// The Go benchmark format, read by its grammar: golang.org/design/14313-benchmark-format and benchfmt of golang/perf.
import { expect, test } from 'vitest';
import { exactCases } from '../../../src/record/exact-cases.js';
import { goUnit } from '../../../src/record/export/benchmark-name.js';
import { goFormat } from '../../../src/record/export/go.js';
import { timedSeries } from '../../../src/record/timed-series.js';
import { emptyRun } from '../../report/sample-run.js';
import { everything, exportedRun } from './exported-run.js';

interface Benchmark {
  name: string;
  iterations: number;
  values: Map<string, number>;
}

interface GoBenchmarks {
  configuration: Map<string, string>;
  /** `unit property` to value. */
  units: Map<string, string>;
  benchmarks: Benchmark[];
}

/** Lines are configuration, units or results; anything else is an error here, though readers pass over it. */
function parse(text: string): GoBenchmarks {
  const parsed: GoBenchmarks = { configuration: new Map(), units: new Map(), benchmarks: [] };
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const configuration = /^(\p{Ll}[^\p{Lu}\s:]*):(?:[ \t]+(.*))?$/u.exec(line);
    const unit = /^Unit (\S+) (\p{Ll}+)=(\S+)$/u.exec(line);
    // The name goes on in upper case or other than a letter, so that `Benchmarking` is none.
    const result = /^(Benchmark(?!\p{Ll})\S*)[ \t]+(\d+)((?:[ \t]+\S+[ \t]+\S+)+)$/u.exec(line);
    if (configuration) parsed.configuration.set(configuration[1] ?? '', configuration[2] ?? '');
    else if (unit) parsed.units.set(`${unit[1]} ${unit[2]}`, unit[3] ?? '');
    else if (result) parsed.benchmarks.push(benchmark(result));
    else throw new Error(`neither configuration nor unit nor result: ${line}`);
  }
  return parsed;
}

function benchmark([, name = '', iterations, pairs = '']: RegExpExecArray): Benchmark {
  const words = pairs.trim().split(/[ \t]+/);
  const values = new Map<string, number>();
  for (let at = 0; at < words.length; at += 2) {
    const [value, unit] = [Number(words[at]), words[at + 1] ?? ''];
    expect(value).not.toBeNaN();
    expect(values.has(unit)).toBe(false);
    values.set(unit, value);
  }
  return { name, iterations: Number(iterations), values };
}

const run = exportedRun();
const parsed = parse(goFormat.ofRun(run, everything).text);

test('every series and every case is a result of its own', () => {
  const names = parsed.benchmarks.map(({ name }) => name);
  expect(names).toHaveLength(timedSeries(run).length + exactCases(run).length);
  expect(new Set(names).size).toBe(names.length);
  for (const { iterations } of parsed.benchmarks) expect(iterations).toBeGreaterThan(0);
});

test('times keep their values, counters theirs, to the last digit', () => {
  const series = timedSeries(run);
  series.forEach(({ median, unit, samples }, at) => {
    expect(parsed.benchmarks[at]?.values).toEqual(new Map([[unit, median]]));
    expect(parsed.benchmarks[at]?.iterations).toBe(samples ?? 1);
  });
  exactCases(run).forEach(({ counters }, at) => {
    const values = Object.entries(counters).map(([counter, value]) => [goUnit(counter), value] as const);
    expect(parsed.benchmarks[series.length + at]?.values).toEqual(new Map(values));
  });
});

test('units say which way is better, and counters that they are exact', () => {
  expect(parsed.units.get('ns/op better')).toBe('lower');
  expect(parsed.units.get('accesses/s better')).toBe('higher');
  const counters = new Set(exactCases(run).flatMap((one) => Object.keys(one.counters).map(goUnit)));
  for (const counter of counters) expect(parsed.units.get(`${counter} assume`)).toBe('exact');
});

test('names have keys to filter by, and a last part that no reader takes for something else', () => {
  const names = parsed.benchmarks.map(({ name }) => name);
  expect(names).toContain(
    'BenchmarkComparison/geometry=4K-48/configuration=blocks/workload=vmalloc-2m-huge/strategy=page-basis-1',
  );
  expect(names).toContain('BenchmarkHotPathWalk/random_walks_over_256_GiB_of_pages/wasm-1');
  for (const name of names) expect(name).toMatch(/-1$/);
});

test('the configuration is that of the run, in the words of Go', () => {
  expect(Object.fromEntries(parsed.configuration)).toMatchObject({
    goos: 'linux',
    goarch: 'arm64',
    cpu: 'Neoverse-V2',
    node: '20.20.2',
    commit: run.commit?.hash,
  });
});

test('a filter leaves out names, and an empty run has no results', () => {
  const walks = parse(goFormat.ofRun(run, (name) => name.includes(' walk')).text);
  expect(walks.benchmarks.length).toBeGreaterThan(0);
  for (const { name } of walks.benchmarks) expect(name).toMatch(/Walk|walk/);
  expect(parse(goFormat.ofRun(emptyRun(), everything).text).benchmarks).toEqual([]);
});
