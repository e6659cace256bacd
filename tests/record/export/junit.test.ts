// JUnit XML, read by an XML parser and held against the structure of junit-10.xsd (Jenkins xUnit plugin).
import { DOMParser, type Element } from '@xmldom/xmldom';
import { describe, expect, test } from 'vitest';
import { exactCases } from '../../../src/record/exact-cases.js';
import { junitFormat } from '../../../src/record/export/junit.js';
import type { Run } from '../../../src/record/run.js';
import { sampleRun } from '../../report/sample-run.js';
import { everything, exportedRun, gateWith } from './exported-run.js';

interface Structure {
  required: string[];
  optional: string[];
  children: string[];
}

const OUTCOME: Structure = { required: [], optional: ['type', 'message'], children: [] };
const STRUCTURE: Readonly<Record<string, Structure>> = {
  testsuites: {
    required: [],
    optional: ['name', 'time', 'tests', 'failures', 'errors'],
    children: ['testsuite'],
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { required: [], optional: [], children: ['property'] },
  property: { required: ['name', 'value'], optional: [], children: [] },
  testcase: {
    required: ['name'],
    optional: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: OUTCOME,
  skipped: OUTCOME,
};

function parse(xml: string): Element {
  const document = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(xml, 'text/xml');
  if (document.documentElement === null) throw new Error('no root element');
  return document.documentElement;
}

const childrenOf = (element: Element): Element[] =>
  [...element.childNodes].filter((node): node is Element => node.nodeType === 1);

function checkStructure(element: Element): void {
  const structure = STRUCTURE[element.tagName];
  if (structure === undefined) throw new Error(`no element ${element.tagName}`);
  const { required, optional, children } = structure;
  const names = [...element.attributes].map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(required));
  for (const name of names) expect([...required, ...optional]).toContain(name);
  for (const child of childrenOf(element)) {
    expect(children).toContain(child.tagName);
    checkStructure(child);
  }
}

function suitesOf(run: Run): Map<string, Element[]> {
  const root = parse(junitFormat.ofRun(run, everything).text);
  checkStructure(root);
  return new Map(
    childrenOf(root).map((suite) => {
      const cases = childrenOf(suite).filter(({ tagName }) => tagName === 'testcase');
      checkCounts(suite, cases);
      return [suite.getAttribute('name') ?? '', cases];
    }),
  );
}

function checkCounts(suite: Element, cases: readonly Element[]): void {
  const having = (kind: string) => cases.filter((one) => outcome(one)?.tagName === kind).length;
  expect(suite.getAttribute('tests')).toBe(String(cases.length));
  expect(suite.getAttribute('failures')).toBe(String(having('failure')));
  expect(suite.getAttribute('skipped')).toBe(String(having('skipped')));
  const names = cases.map((one) => one.getAttribute('name'));
  expect(new Set(names).size).toBe(names.length);
}

const outcome = (one: Element): Element | undefined => childrenOf(one)[0];
const TIMES = 'times against the pinned reference';
const BASELINE = 'exact results against the baseline';

test('a run without gates skips them and says why', () => {
  const { exact: _, ...run } = sampleRun();
  const suites = suitesOf(run);
  expect([...suites.keys()]).toEqual(['replays', 'exact results computed twice', BASELINE, TIMES]);
  for (const name of [BASELINE, TIMES]) {
    const [only] = suites.get(name) ?? [];
    expect(only && outcome(only)?.tagName).toBe('skipped');
    expect(only && outcome(only)?.getAttribute('message')).toMatch(/^the run was made without /);
  }
});

describe('times', () => {
  test('fail where they regressed, and are skipped where nothing can be said', () => {
    const cases = suitesOf(exportedRun()).get(TIMES) ?? [];
    expect(cases.map((one) => [one.getAttribute('name'), outcome(one)?.tagName ?? 'passed'])).toEqual([
      ['walk <1 GiB> & "pages"', 'passed'],
      ['split', 'failure'],
      ['change', 'skipped'],
      ['build', 'skipped'],
    ]);
    expect(cases[1] && outcome(cases[1])?.getAttribute('message')).toBe(
      'slower than the reference: ratio 1.05, interval 1.04 to 1.06, margin 1.03, 12 processes',
    );
    expect(cases[3] && outcome(cases[3])?.getAttribute('message')).toMatch(/^too noisy to judge: /);
  });

  test('that were not judged say the reason of the gate', () => {
    const reason = 'no reference is pinned';
    const none = gateWith([], { judged: false, reason, reference: null });
    const [only] = suitesOf({ ...sampleRun(), gate: none }).get(TIMES) ?? [];
    expect(only && outcome(only)?.getAttribute('message')).toBe(reason);
  });
});

describe('replays', () => {
  test('fail where the map, the trace or permissions differ', () => {
    const run = sampleRun();
    const [first, second] = run.replays;
    const [strategy] = run.traceStrategies;
    if (!first || !second || !strategy) throw new Error('the sample has too few replays');
    Object.assign(first, { equal: false, differenceCount: 7 });
    Object.assign(second, { equal: true, agreesWithTrace: false });
    Object.assign(strategy, { permissionsEqual: false });
    const failures = (suitesOf(run).get('replays') ?? []).flatMap((one) => {
      const result = outcome(one);
      return result?.tagName === 'failure' ? [result.getAttribute('type')] : [];
    });
    expect(failures).toEqual(expect.arrayContaining(['difference', 'trace', 'permissions']));
  });
});

describe('exact results', () => {
  test('have a case each, and name what changed from what to what', () => {
    const run = sampleRun();
    const name = exactCases(run)[0]?.name ?? '';
    const differences = [
      { name, counter: 'tlbi.single', old: 4, new: 5 },
      { name, counter: 'descriptorWrites', old: 9, new: 8 },
      { name: 'comparison gone', counter: 'vanished case', old: null, new: null },
    ];
    const cases = exactCases(run).length;
    const exact = {
      cases,
      repeated: { cases, differences: [] },
      baseline: { file: 'results/baseline.json', compared: cases, differences },
    };
    const suites = suitesOf({ ...run, exact });
    const found = suites.get(BASELINE) ?? [];
    expect(found).toHaveLength(cases + 1);
    const failed = found.filter((one) => outcome(one)?.tagName === 'failure');
    expect(failed.map((one) => one.getAttribute('name'))).toEqual([name, 'comparison gone']);
    const [first] = failed;
    expect(first && outcome(first)?.getAttribute('message')).toBe('tlbi.single: 4 became 5 and 1 more');
    expect(first && outcome(first)?.textContent).toBe(
      'tlbi.single: 4 became 5\ndescriptorWrites: 9 became 8',
    );
    const [twice] = suites.get('exact results computed twice') ?? [];
    expect(twice && outcome(twice)).toBeUndefined();
  });
});

test('characters that XML has no place for do not spoil the file', () => {
  const nasty = 'a\u0000b\u001b[1m\ud800]]> <!-- \n "\'&amp;';
  const cases = suitesOf({ ...sampleRun(), gate: gateWith([[nasty, 'unchanged']]) }).get(TIMES);
  expect(cases?.[0]?.getAttribute('name')).toBe('a?b?[1m?]]> <!-- \n "\'&amp;');
});
