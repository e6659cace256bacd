// Finding what a person wants compared: a file, a folder, a commit in the history, `latest` or `baseline`.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import { BASELINE_FILE, BASELINE_SCHEMA, parseBaseline } from './baseline.js';
import { type Comparable, whyTimesDiffer } from './compare.js';
import { exactCases } from './exact-cases.js';
import type { HistoryEntry } from './history-entry.js';
import { readHistory } from './history-file.js';
import { parseRun } from './read-run.js';
import type { Run } from './run.js';
import { timedSeries } from './timed-series.js';

export const LATEST_RUN = 'results/latest/run.json';

/**
 * The two records that these names stand for. Where a commit has several runs in the history, those are taken whose
 * times can be compared, then the latest.
 * @throws InputError for what is neither there nor a record
 */
export function findComparables(a: string, b: string, history: string): [Comparable, Comparable] {
  const [before, after] = [candidates(a, history), candidates(b, history)];
  for (const one of before) {
    for (const other of after) {
      if (whyTimesDiffer(one, other) === null) return [one, other];
    }
  }
  return [before[0] as Comparable, after[0] as Comparable];
}

/** The file that `latest`, `baseline`, a result folder or a file stands for; null for what may be a commit. */
export function recordFile(name: string): string | null {
  if (name === 'latest') return LATEST_RUN;
  if (name === 'baseline') return BASELINE_FILE;
  if (!existsSync(name)) return isCommit(name) ? null : name;
  return statSync(name).isDirectory() ? join(name, 'run.json') : name;
}

/** Latest first, at least one. */
function candidates(name: string, history: string): Comparable[] {
  const file = recordFile(name);
  return file === null ? ofCommit(name, history) : [ofFile(name, file)];
}

function ofFile(name: string, file: string): Comparable {
  const text = readText(file);
  if (!text.slice(0, 200).includes(`"${BASELINE_SCHEMA}"`)) return ofRun(name, file, parseRun(text, file));
  const { cases, accepted } = parseBaseline(text, file);
  const last = accepted.at(-1);
  return {
    name,
    source: file,
    time: last?.date ?? null,
    commit: last?.commit ?? null,
    machine: null,
    options: null,
    exact: cases,
    series: [],
  };
}

function ofRun(name: string, source: string, run: Run): Comparable {
  const { fingerprint, cpu, node } = run.environment;
  const { quick, filter } = run.options;
  return {
    name,
    source,
    time: run.time,
    commit: run.commit,
    machine: { fingerprint, cpu, node },
    options: { quick, filter },
    exact: exactCases(run),
    series: timedSeries(run),
  };
}

function ofCommit(name: string, history: string): Comparable[] {
  const found = readHistory(history).entries.filter(({ commit }) =>
    commit?.hash.startsWith(name.toLowerCase()),
  );
  const commits = new Set(found.map(({ commit }) => commit?.hash));
  if (commits.size === 0) {
    throw new InputError(
      name,
      null,
      `expected a run.json, a folder with one, a commit of ${history}, latest or baseline, found none of these`,
    );
  }
  if (commits.size > 1) {
    throw new InputError(
      name,
      null,
      `expected one commit of ${history}, found ${commits.size} that begin so`,
    );
  }
  return found.toReversed().map((entry) => ofEntry(name, history, entry));
}

function ofEntry(name: string, history: string, entry: HistoryEntry): Comparable {
  const { fingerprint, cpu, node, time, commit, exact, series } = entry;
  const { quick, filter } = entry.options;
  return {
    name,
    source: join(history, `${fingerprint}.jsonl`),
    time,
    commit,
    machine: { fingerprint, cpu, node },
    options: { quick, filter },
    exact,
    series,
  };
}

function isCommit(name: string): boolean {
  return /^[0-9a-f]{4,40}$/i.test(name);
}
