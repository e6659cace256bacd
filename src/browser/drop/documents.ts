// What came of a drop, as the documents that `linmap import --json` and `linmap replay --json` print.
import { importDocument } from '../../cli/import-report.js';
import { type ReplayReport, replayDocument } from '../../cli/replay-report.js';
import type { DroppedCapture, DroppedReplay } from './import-files.js';

/** The replay as the kernel did it, in the form of the command line's report. */
export function kernelReport({ scenario, kernel }: DroppedReplay): ReplayReport {
  return {
    scenario,
    strategy: null,
    replay: kernel,
    after: kernel.snapshots.find(({ name }) => name === 'after') ?? null,
    permissionDifferenceBytes: null,
    warnings: [],
  };
}

/** `linmap.import/1`, with `linmap.replay/1` below `replay`; null where there is no trace. */
export function dropDocument({ imported, replayed }: DroppedCapture): object {
  return {
    ...importDocument(imported),
    replay: replayed === null ? null : replayDocument(kernelReport(replayed)),
  };
}
