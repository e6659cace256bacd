// The baseline: exact results as they were last accepted, with who may want to know why. `linmap.baseline/1`.
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { readText } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import { parseJson } from '../io/json.js';
import { type ExactCase, type ExactResults, exactCases, isCaseOf } from './exact-cases.js';
import { casesOf, type ExactDifference, exactDifferences } from './exact-differences.js';
import type { BaselineCheck } from './exact-record.js';
import type { Run } from './run.js';

export const BASELINE_SCHEMA = 'linmap.baseline/1';
export const BASELINE_FILE = 'results/baseline.json';

/** Why exact results were changed, once. */
interface Acceptance {
  reason: string;
  /** When they were computed: ISO 8601, UTC. */
  date: string;
  /** Commit they were computed from; null outside a git checkout. */
  commit: { hash: string; dirty: boolean } | null;
  /** How many cases differed from those before. */
  cases: number;
}

export interface Baseline {
  /** Oldest first. */
  accepted: Acceptance[];
  /** By name. Counters that are zero are left out. */
  cases: ExactCase[];
}

/** The parts of a run that say which cases it should have, and those cases. */
type CheckedRun = ExactResults & Pick<Run, 'options'>;

const schema = z.strictObject({
  schema: z.literal(BASELINE_SCHEMA),
  accepted: z.array(
    z.strictObject({
      reason: z.string().min(1),
      date: z.iso.datetime(),
      commit: z.strictObject({ hash: z.string(), dirty: z.boolean() }).nullable(),
      cases: z.int(),
    }),
  ),
  cases: z.record(
    z.string(),
    z.strictObject({ digest: z.string().default(''), counters: z.record(z.string(), z.int()) }),
  ),
});

/** @throws InputError where it cannot be read, or is no baseline; a missing one says how to make it. */
export function readBaseline(file: string): Baseline {
  if (!existsSync(file)) {
    const way = 'linmap accept --reason "…" makes one';
    throw new InputError(file, null, `expected a baseline, found no such file: ${way}`);
  }
  return parseBaseline(readText(file), file);
}

/** @throws InputError naming the line, where the text is no baseline. */
export function parseBaseline(text: string, file: string): Baseline {
  const { accepted, cases } = parseJson(text, file, schema);
  const named = Object.entries(cases).map(([name, one]) => ({ name, ...one }));
  return { accepted, cases: named.sort(byName) };
}

/** The file: a line for each acceptance and each case, sorted, so that a version control shows what was accepted. */
export function formatBaseline({ accepted, cases }: Baseline): string {
  const lines = cases.toSorted(byName).map(({ name, digest, counters }) => {
    const notZero = Object.entries(counters).filter(([, count]) => count !== 0);
    const one = { ...(digest === '' ? {} : { digest }), counters: Object.fromEntries(notZero.sort()) };
    return `${JSON.stringify(name)}: ${JSON.stringify(one)}`;
  });
  const block = (open: string, entries: string[], close: string) =>
    entries.length === 0 ? open + close : `${open}\n  ${entries.join(',\n  ')}\n ${close}`;
  return [
    '{',
    ` "schema": ${JSON.stringify(BASELINE_SCHEMA)},`,
    ` "accepted": ${block(
      '[',
      accepted.map((one) => JSON.stringify(one)),
      ']',
    )},`,
    ` "cases": ${block('{', lines, '}')}`,
    '}\n',
  ].join('\n');
}

/** Where a run differs from a baseline. A case that is gone counts where nothing was filtered out of the run. */
export function checkBaseline(baseline: Baseline, run: CheckedRun, file: string): BaselineCheck {
  const cases = exactCases(run);
  const known = new Set(baseline.cases.map(({ name }) => name));
  return {
    file,
    compared: cases.filter(({ name }) => known.has(name)).length,
    differences: differencesFrom(baseline, cases, run),
  };
}

/**
 * The baseline after a run's results have been accepted; cases that the run was not meant to have stay as they are.
 * The same baseline where nothing differs.
 */
export function acceptRun(
  baseline: Baseline | null,
  run: CheckedRun & Pick<Run, 'time' | 'commit'>,
  reason: string,
): Baseline {
  const { accepted, cases: before } = baseline ?? { accepted: [], cases: [] };
  const cases = exactCases(run);
  const differences = differencesFrom({ cases: before }, cases, run);
  if (baseline !== null && differences.length === 0) return baseline;
  const now = new Set(cases.map(({ name }) => name));
  const kept = before.filter(({ name }) => !now.has(name) && !isExpected(name, run));
  const { time: date, commit } = run;
  return {
    accepted: [...accepted, { reason, date, commit, cases: casesOf(differences) }],
    cases: [...kept, ...cases].sort(byName),
  };
}

function differencesFrom(
  { cases }: Pick<Baseline, 'cases'>,
  now: readonly ExactCase[],
  run: CheckedRun,
): ExactDifference[] {
  return exactDifferences(cases, now, (name) => isExpected(name, run));
}

function isExpected(name: string, { options }: CheckedRun): boolean {
  return options.filter === null && isCaseOf(name, options);
}

function byName(a: ExactCase, b: ExactCase): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
