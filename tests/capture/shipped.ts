/** The captures that come with the project, read once, and spoilt on request. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { findScenarios, readScenario, type Scenario } from '../../src/capture/scenario.js';
import { root } from '../cli/linmap.js';
import { callsOf } from './calls-of.js';

const captures = join(root, 'captures');
/** `4k-bbml2/load-small` and so on. */
export const shipped: readonly string[] = findScenarios(captures).map((folder) => relative(captures, folder));

const known = new Map<string, Scenario>();

export function scenario(name: string): Scenario {
  const read = known.get(name) ?? readScenario(join(captures, name));
  known.set(name, read);
  return read;
}

export function traceLines(name: string): string[] {
  return gunzipSync(readFileSync(join(captures, name, 'trace.txt.gz')))
    .toString()
    .split('\n');
}

/** The scenario with other lines in its trace. */
export function withTrace(name: string, lines: readonly string[]): Scenario {
  const { trace, summary } = callsOf(`${lines.join('\n')}\n`, 'trace.txt');
  return { ...scenario(name), trace, events: summary.events, lost: summary.lost, summary };
}
