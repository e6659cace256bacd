// The part of a record that pictures are drawn from. The rest is in tables and in the download, and a page that is
// mailed around should stay small. A test holds the charts of the part against those of the whole.
import type { Run } from '../../record/run.js';
import { drawnTimes } from '../charts/change-time.js';
import { onBlocks, onMainCore } from '../charts/main-machine.js';

/** A record from which all charts and the picture of the map come out as from the whole one. */
export function drawnPart(run: Run): Run {
  const main = new Set(onMainCore(run));
  const { shortTlb, laterCosts, flushes, exact, gate, ...rest } = run;
  return {
    ...rest,
    comparisons: onBlocks(run),
    times: drawnTimes(run),
    // Of other cores only that they were in the run.
    tlb: run.tlb.map((record) =>
      main.has(record)
        ? {
            ...record,
            configurations: record.configurations.map((one) => ({ ...one, analytic: null })),
          }
        : { ...record, configurations: [] },
    ),
  };
}
