// Whether two builds can be timed against each other at all: does the older one do the work, and the same work?
import { type OtherBuild, otherBuild } from '../../src/core/other-build.js';
import type { GateCase } from './cases.js';

export interface Comparability {
  /** Why the reference cannot be compared; null where it can. */
  reason: string | null;
  /** Cases in which the two count different events. */
  different: string[];
}

/**
 * Does the work of every case once in both.
 * @throws what the candidate throws
 */
export function comparability(
  cases: readonly GateCase[],
  builds: { readonly candidate: Uint8Array; readonly reference: Uint8Array },
): Comparability {
  const candidate = otherBuild(builds.candidate);
  const different: string[] = [];
  let missing: readonly string[] = [];
  let failed: string | null = null;
  try {
    const reference = otherBuild(builds.reference, builds.candidate);
    missing = reference.missing;
    for (const one of cases) {
      const old = eventsOf(one, reference);
      if (old !== eventsOf(one, candidate)) different.push(one.name);
    }
  } catch (error) {
    failed = error instanceof Error ? error.message : String(error);
    // The candidate's own failures are not the reference's.
    for (const one of cases) eventsOf(one, candidate);
  }
  // With names missing, other events may be another meaning of the same calls.
  if (failed === null && missing.length > 0 && different.length > 0)
    failed = `it lacks ${missing.join(', ')}`;
  return {
    reason:
      failed && `not comparable: the reference is too old (${failed}): pin anew with linmap reference pin`,
    different,
  };
}

function eventsOf({ start }: GateCase, build: OtherBuild): string {
  const core = build.newCore();
  const work = start(core);
  core.resetCounters();
  work();
  return JSON.stringify(core.counters());
}
