// JUnit XML of the gates: one test case for each benchmark and gate. Structure: junit-10.xsd of the Jenkins xUnit plugin.
import { exactCases } from '../exact-cases.js';
import type { ExactDifference } from '../exact-differences.js';
import type { GateBenchmark } from '../gate/gate-record.js';
import type { Run } from '../run.js';
import { type ExportFormat, exported, type Wanted } from './export-format.js';

export const junitFormat: ExportFormat = {
  id: 'junit',
  reader: 'CI systems that show JUnit XML',
  ofRun: (run, wanted) => exported(document(run, wanted)),
};

interface Suite {
  name: string;
  cases: TestCase[];
}

interface TestCase {
  name: string;
  /** Absent: passed. */
  outcome?: { kind: 'failure' | 'skipped'; type: string; message: string; details?: string };
}

function document(run: Run, wanted: Wanted): string {
  const suites = [replaySuite(run), repeatedSuite(run), baselineSuite(run), timeSuite(run)].map((suite) => ({
    ...suite,
    cases: suite.cases.filter(({ name }) => wanted(name)),
  }));
  const all = suites.flatMap(({ cases }) => cases);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'linmap', tests: all.length, failures: count(all, 'failure'), errors: 0 })}>`,
    ...suites.flatMap((suite) => suiteLines(suite, run)),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

/** Replays end with the kernel's map, strategies with its permissions. */
function replaySuite(run: Run): Suite {
  const replays = run.replays.map(
    ({ machine, scenario, equal, agreesWithTrace, differenceCount }): TestCase => {
      const name = `replay ${machine}/${scenario}`;
      if (equal === false)
        return failed(name, 'difference', `${differenceCount} descriptors differ from the kernel's`);
      if (!agreesWithTrace)
        return failed(name, 'trace', 'the trace shows other splits, tables or boundaries');
      return equal === null ? skipped(name, 'the capture has no map to compare with') : { name };
    },
  );
  const strategies = run.traceStrategies.map(
    ({ machine, scenario, strategy, permissionsEqual }): TestCase => {
      const name = `replay ${machine}/${scenario} ${strategy}`;
      return permissionsEqual
        ? { name }
        : failed(name, 'permissions', "pages end with other permissions than the kernel's");
    },
  );
  return { name: 'replays', cases: [...replays, ...strategies] };
}

/** Exact results computed again in the same run. */
function repeatedSuite({ exact }: Run): Suite {
  const name = 'exact results computed twice';
  if (exact === undefined)
    return { name, cases: [skipped(name, 'the record is of a linmap that computed them once')] };
  const { cases, differences } = exact.repeated;
  if (differences.length > 0) return { name, cases: failuresOf(differences) };
  return { name, cases: [cases === 0 ? skipped(name, 'the run has no exact cases') : { name }] };
}

function baselineSuite(run: Run): Suite {
  const name = 'exact results against the baseline';
  const baseline = run.exact?.baseline;
  if (baseline === undefined) return { name, cases: [skipped(name, 'the run was made without --check')] };
  const failures = failuresOf(baseline.differences);
  const changed = new Set(failures.map((one) => one.name));
  const passed = exactCases(run).filter((one) => !changed.has(one.name));
  return { name, cases: [...passed.map((one) => ({ name: one.name })), ...failures] };
}

function timeSuite({ gate }: Run): Suite {
  const name = 'times against the pinned reference';
  if (gate === undefined)
    return { name, cases: [skipped(name, 'the run was made without the gate on times')] };
  if (gate.benchmarks.length === 0)
    return { name, cases: [skipped(name, gate.reason ?? 'no benchmark was timed')] };
  return {
    name,
    cases: gate.benchmarks.map((benchmark) => timeCase(benchmark, gate.judged ? null : gate.reason)),
  };
}

function timeCase(benchmark: GateBenchmark, notJudged: string | null): TestCase {
  const { name, verdict, tooNoisy, margin, processes } = benchmark;
  const { ratio, low, high } = benchmark.ratio;
  const figures = `ratio ${digits(ratio)}, interval ${digits(low)} to ${digits(high)}, margin ${digits(1 + margin)}, ${processes} processes`;
  if (verdict === 'regressed') return failed(name, 'regressed', `slower than the reference: ${figures}`);
  if (notJudged !== null) return skipped(name, notJudged);
  if (tooNoisy) return skipped(name, `too noisy to judge: ${figures}`);
  return verdict === 'inconclusive' ? skipped(name, `inconclusive: ${figures}`) : { name };
}

/** One case of exact results for each that differs. */
function failuresOf(differences: readonly ExactDifference[]): TestCase[] {
  const byName = new Map<string, ExactDifference[]>();
  for (const one of differences) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  return [...byName].map(([name, changes]) => {
    const lines = changes.map(({ counter, old, new: now }) =>
      old === null && now === null ? counter : `${counter}: ${old} became ${now}`,
    );
    const more = lines.length > 1 ? ` and ${lines.length - 1} more` : '';
    return failed(name, 'changed', `${lines[0]}${more}`, lines.join('\n'));
  });
}

function failed(name: string, type: string, message: string, details?: string): TestCase {
  return { name, outcome: { kind: 'failure', type, message, ...(details === undefined ? {} : { details }) } };
}

function skipped(name: string, message: string): TestCase {
  return { name, outcome: { kind: 'skipped', type: 'skipped', message } };
}

function suiteLines({ name, cases }: Suite, run: Run): string[] {
  const counts = {
    tests: cases.length,
    failures: count(cases, 'failure'),
    errors: 0,
    skipped: count(cases, 'skipped'),
  };
  const { fingerprint, cpu, node } = run.environment;
  const properties = { version: run.version, commit: run.commit?.hash ?? '', fingerprint, cpu, node };
  return [
    ` <testsuite${attributes({ name, ...counts, timestamp: run.time.replace(/(\.\d+)?Z$/, '') })}>`,
    '  <properties>',
    ...Object.entries(properties).map(([key, value]) => `   <property${attributes({ name: key, value })}/>`),
    '  </properties>',
    ...cases.map((one) => caseLine(one, name)),
    ' </testsuite>',
  ];
}

function caseLine({ name, outcome }: TestCase, suite: string): string {
  const start = `  <testcase${attributes({ name, classname: `linmap.${suite}` })}`;
  if (outcome === undefined) return `${start}/>`;
  const { kind, type, message, details = '' } = outcome;
  const body = details === '' ? '/>' : `>${escaped(details)}</${kind}>`;
  return `${start}><${kind}${attributes({ type, message })}${body}</testcase>`;
}

function count(cases: readonly TestCase[], kind: 'failure' | 'skipped'): number {
  return cases.filter(({ outcome }) => outcome?.kind === kind).length;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([key, value]) =>
        ` ${key}="${escaped(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`,
    )
    .join('');
}

/** Text without what XML 1.0 has no place for (2.2: control characters but tab and line breaks, lone surrogates). */
function escaped(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, '?')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  );
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}
