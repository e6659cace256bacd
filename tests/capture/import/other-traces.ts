/** tracefs text as other programs would have printed the same events. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { captures } from './sent-files.js';

interface Line {
  comm: string;
  pid: string;
  cpu: string;
  seconds: string;
  name: string;
  /** What the parenthesis holds. */
  site: string;
  words: string;
}

const LINE = /^\s*(\S.*?)-(\d+)\s+\[(\d+)\]\s+\S+\s+([\d.]+): ([\w.]+): \(([^)]*)\) ?(.*)$/;

/** The probes between the markers: these programs see no markers, and what follows the last map is in none. */
export function eventsOf(name: string): Line[] {
  const lines = gunzipSync(readFileSync(join(captures, name, 'trace.txt.gz')))
    .toString()
    .split('\n');
  const at = (marker: string) => lines.findIndex((line) => line.includes(marker));
  const end = at('SNAP_after_REQ');
  return lines.slice(at('SNAP_before_REQ') + 1, end < 0 ? lines.length : end).flatMap((raw) => {
    const match = LINE.exec(raw);
    if (match === null) return [];
    const [, comm = '', pid = '', cpu = '', seconds = '', event = '', site = '', words = ''] = match;
    return [{ comm, pid, cpu, seconds, name: event, site, words }];
  });
}

/** `perf script`: addresses in place of functions, so that the event's name is all that tells which it is. */
export function asPerfScript(name: string): string {
  const lines = eventsOf(name).map(({ comm, pid, cpu, seconds, name: event, site, words }) => {
    const from = site.includes('<-') ? 'ffff800080045e40 <- ffff800080031234' : 'ffff800080045e40';
    return `${comm.padStart(16)} ${pid.padStart(7)} [${cpu}] ${seconds.padStart(12)}: probe:${event}: (${from}) ${words}`;
  });
  return `${lines.join('\n')}\n`;
}

/** `trace-cmd report`: numbers of CPUs first, names padded to a column where they are shorter, no flags. */
export function asTraceCmd(name: string): string {
  const lines = eventsOf(name).map(({ comm, pid, cpu, seconds, name: event, site, words }) => {
    return `${comm.padStart(16)}-${pid.padEnd(5)} [${cpu}] ${seconds.padStart(12)}: ${event}: ${' '.repeat(Math.max(0, 20 - event.length))}(${site}) ${words}`;
  });
  return `cpus=2\n${lines.join('\n')}\n`;
}
