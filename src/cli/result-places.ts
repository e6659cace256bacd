// Where results lie when nobody says otherwise.
import { join } from 'node:path';

export const LATEST_FOLDER = 'results/latest';
export const HISTORY_FOLDER = 'results/history';

/** A default as help names it. */
export function inCurrentFolder(path: string): string {
  return `${path} in the current folder`;
}

/**
 * The folder that a run is appended to; null for none. Results that go elsewhere take their history along, so that a
 * run on the side leaves the project's alone.
 */
export function historyFolder({ out, history }: { out: string; history?: string | boolean }): string | null {
  if (history === false) return null;
  if (typeof history === 'string') return history;
  return out === LATEST_FOLDER ? HISTORY_FOLDER : join(out, 'history');
}
