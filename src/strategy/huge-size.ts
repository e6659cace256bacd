import { type AliasChange, type AliasRange, consecutiveRuns, eachPage } from '../kernel/alias-policy.js';
import { pageBasis } from './page-basis.js';
import type { Strategy } from './strategy.js';

/**
 * The proposal of 2 June 2025 (Yang Shi): where the area is huge-mapped, one call for each huge unit; page basis
 * otherwise. Linux 7.2 refuses such areas, so that check is taken as relaxed.
 */
export const hugeSize: Strategy = {
  ...pageBasis,
  id: 'huge-size',
  title: 'huge size',
  status: 'proposed June 2025, not merged',
  summary: 'one call for each huge unit that is covered whole; each page otherwise',
  ranges: (change) => consecutiveRuns(change.pages, change.granule).flatMap((run) => wholeUnits(run, change)),
  acceptsHugeAreas: true,
};

/** Cuts a run into naturally aligned units, largest first, and pages at its ragged ends. */
function wholeUnits(run: AliasRange, { units, granule }: AliasChange): AliasRange[] {
  const [unit, ...smaller] = units;
  if (unit === undefined) return eachPage(pagesOf(run, granule), granule);
  const end = run.pa + run.size;
  const first = Math.ceil(run.pa / unit) * unit;
  const last = Math.floor(end / unit) * unit;
  const rest = { units: smaller, granule, pages: [], areaPages: [] };
  if (first >= last) return wholeUnits(run, rest);
  const whole: AliasRange[] = [];
  for (let pa = first; pa < last; pa += unit) whole.push({ pa, size: unit });
  return [
    ...wholeUnits({ pa: run.pa, size: first - run.pa }, rest),
    ...whole,
    ...wholeUnits({ pa: last, size: end - last }, rest),
  ];
}

function pagesOf({ pa, size }: AliasRange, granule: number): number[] {
  return Array.from({ length: size / granule }, (_, i) => pa + i * granule);
}
