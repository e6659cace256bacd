// A built map against the one that was captured at the same point of the machine's boot.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Core } from '../core/core.js';
import type { Stage } from '../kernel/boot.js';
import type { Machine } from '../machine/machine.js';
import { compareMaps, type Difference } from '../map/compare.js';
import { explainDifferences, type Finding } from '../map/explain.js';
import type { LinearMap } from '../map/linear-map.js';
import { readMap } from '../map/map-file.js';

/** At a point of the boot, before any permission change: the maps are equal or not. */
export interface ExactComparison {
  file: string;
  equal: boolean;
  differenceCount: number;
  /** The first 20. */
  differences: Difference[];
}

/** After boot, when leaves have been split and changed: every difference has to be explained by that. */
export interface ExplainedComparison {
  file: string;
  explained: number;
  unexplained: number;
  findings: Finding[];
}

export type BootComparison = ExactComparison | ExplainedComparison;

const FILES: Readonly<Record<Stage, string>> = {
  mapped: 'boot/0-mapped.map.json',
  repainted: 'boot/3-before-text-read-only.map.json',
  final: 'boot.map.json',
};

/** The captured map of a stage, plain or gzipped, beside a machine.json; null where there is none. */
export function findBootMap(machineFile: string, stage: Stage): string | null {
  const plain = join(dirname(machineFile), FILES[stage]);
  return [plain, `${plain}.gz`].find((path) => existsSync(path)) ?? null;
}

/** @throws InputError for a file that is wrong, RangeError where it is of another geometry. */
export function compareWithBoot(
  core: Core,
  { pageEnd }: Machine,
  stage: Stage,
  built: LinearMap,
  file: string,
): BootComparison {
  const captured = readMap(file);
  if (stage === 'final') return { file, ...explainDifferences(built, captured, core.bits) };
  const { differenceCount, differences } = compareMaps(captured, built, { pageEnd });
  return { file, equal: differenceCount === 0, differenceCount, differences };
}

export function isAsCaptured(comparison: BootComparison | null): boolean {
  if (comparison === null) return true;
  return 'equal' in comparison ? comparison.equal : comparison.unexplained === 0;
}
