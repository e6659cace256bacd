// The timeline of a replay as a picture.
import type { Scenario } from '../capture/scenario.js';
import type { Counters } from '../core/counters.js';
import { InputError } from '../io/input-error.js';
import { renderChart } from '../report/charts/render.js';
import { type TimelineSubject, timelineChart } from '../report/charts/timeline.js';
import { claimWords } from '../report/replay/claim-words.js';
import type { ReplayReview } from './replay-review.js';

/** @throws InputError where the file cannot be written, or there is no canvas to draw on */
export async function writeTimeline(file: string, scenario: Scenario, review: ReplayReview): Promise<void> {
  const problem = await renderChart(timelineChart(review.timeline, subjectOf(scenario, review)), file);
  if (problem !== null) {
    throw new InputError(
      file,
      null,
      `expected a canvas to draw on (the timeline is in --json too), found ${problem}`,
    );
  }
}

function subjectOf(scenario: Scenario, { askers, claim }: ReplayReview): TimelineSubject {
  const byCommand = new Map<string, number>();
  for (const { comm, counters } of askers.tasks) {
    const splits = blockSplits(counters);
    if (splits > 0) byCommand.set(comm, (byCommand.get(comm) ?? 0) + splits);
  }
  return {
    name: `${scenario.machineName}/${scenario.name}`,
    granule: scenario.machine.granule,
    splitters: [...byCommand].sort(([, a], [, b]) => b - a).map(([comm]) => comm),
    blockSplits: [...byCommand.values()].reduce((sum, splits) => sum + splits, 0),
    claim: claimWords(claim),
  };
}

/** Blocks that became tables; groups that lost the hint are still what they were. */
function blockSplits({ splits }: Counters): number {
  return splits.pudToContPmd + splits.pudToPmd + splits.pmdToContPte + splits.pmdToPte;
}
