// Misses of one stream over the entries of a TLB as a picture.
import type { TlbRecord } from '../estimate/tlb-record.js';
import { InputError } from '../io/input-error.js';
import type { CoreModel } from '../machine/cores/core-model.js';
import { streamMissCurves } from '../report/charts/miss-curves.js';
import { renderChart } from '../report/charts/render.js';

/** @throws InputError where the file cannot be written, nothing misses, or there is no canvas to draw on */
export async function writeMissCurves(file: string, record: TlbRecord, core: CoreModel): Promise<void> {
  const chart = streamMissCurves(record, core);
  if (chart === null) throw new InputError(file, null, 'expected accesses that miss, found none to draw');
  const problem = await renderChart(chart, file);
  if (problem !== null) {
    throw new InputError(
      file,
      null,
      `expected a canvas to draw on (the curves are in --json too), found ${problem}`,
    );
  }
}
