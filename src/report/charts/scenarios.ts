// Which of the captured scenarios a picture shows, and what it says about the others.
import type { ReplayRecord, Run, TraceStrategyRecord } from '../../record/run.js';
import { groupBy } from '../group.js';
import { geometryLabel } from '../labels.js';

/** More would make labels smaller than can be read. */
const MOST = 6;

export interface Scenario {
  /** Two lines: what ran, and where. */
  label: string[];
  /** By strategy; only of those that reach the kernel's permissions, as the others did not do the work. */
  records: Map<string, TraceStrategyRecord>;
  replay: ReplayRecord | undefined;
  /** Whether a strategy is missing from `records`. */
  incomplete: boolean;
}

/**
 * Scenarios in which strategies differ in what is measured: first those in which huge size differs from page
 * basis, then those with the largest numbers. All of them where none differs. `conditions` accounts for the rest.
 */
export function scenarios(
  run: Run,
  measure: (record: TraceStrategyRecord, scenario: Scenario) => readonly number[],
): { shown: Scenario[]; conditions: string } {
  const all = groupBy(run.traceStrategies, ({ machine, scenario }) => `${machine}/${scenario}`);
  const ranked = [...all.values()]
    .map((records) => {
      const scenario = scenarioOf(run, records);
      const measured = new Map([...scenario.records].map(([id, record]) => [id, measure(record, scenario)]));
      const differs = new Set([...measured.values()].map(String)).size > 1;
      const hugeSizeMatters = String(measured.get('page-basis')) !== String(measured.get('huge-size'));
      const largest = Math.max(0, ...[...measured.values()].flat());
      return { scenario, differs, hugeSizeMatters, largest };
    })
    .sort((a, b) => Number(b.hugeSizeMatters) - Number(a.hugeSizeMatters) || b.largest - a.largest);
  const differing = ranked.filter(({ differs }) => differs);
  const candidates = differing.length > 0 ? differing : ranked;
  const shown = candidates.slice(0, MOST).map(({ scenario }) => scenario);
  const alike = ranked.length - candidates.length;
  return { shown, conditions: conditions(shown, alike, candidates.length - shown.length) };
}

function conditions(shown: readonly Scenario[], alike: number, left: number): string {
  const sentences = ['Traces of real kernels, replayed as each strategy would have done it.'];
  if (alike > 0) sentences.push(`Not drawn: ${traces(alike)} on which all do the same.`);
  if (left > 0) sentences.push(`${traces(left)} more in the tables.`);
  if (shown.some(({ incomplete }) => incomplete)) {
    sentences.push('A strategy that cannot reach the permissions of the kernel has no bar.');
  }
  return sentences.join(' ');
}

function scenarioOf(run: Run, records: readonly TraceStrategyRecord[]): Scenario {
  const [first] = records;
  if (first === undefined) throw new Error('a group has a member');
  const { machine, scenario } = first;
  const replay = run.replays.find((one) => one.machine === machine && one.scenario === scenario);
  return {
    label: [scenario, replay ? `${machine} (${geometryLabel(replay)})` : machine],
    records: new Map(
      records.filter(({ permissionsEqual }) => permissionsEqual).map((record) => [record.strategy, record]),
    ),
    replay,
    incomplete: records.some(({ permissionsEqual }) => !permissionsEqual),
  };
}

function traces(count: number): string {
  return count === 1 ? '1 trace' : `${count} traces`;
}
