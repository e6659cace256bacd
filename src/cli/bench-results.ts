// What a main job leaves: its record, the report, the charts. They are of one run, or of the one before.
import { join } from 'node:path';
import { writeTogether } from '../io/file-set.js';
import { makeFolder } from '../io/folder.js';
import type { Run } from '../record/run.js';
import { CHART_IDS } from '../report/charts/catalogue.js';
import { renderCharts } from '../report/charts/render.js';
import { markdownReport } from '../report/run-report.js';
import { makeReport } from './report.js';
import { counted } from './words.js';

const CHART_FOLDER = 'charts';
const KINDS = ['png', 'svg'] as const;

interface Results {
  /** What was written where, as one line. */
  files: string;
  /** What the page had to go without, or null. */
  missing: string | null;
}

/**
 * Draws and writes everything that a run leaves in `out`, made where it is missing, all or nothing; charts of an
 * earlier run that this one has no data for go. Where there is no canvas the run says so in its warnings.
 * @throws InputError where something cannot be written
 */
export async function writeResults(
  run: Run,
  out: string,
  onProgress: (text: string) => void,
): Promise<Results> {
  const { charts, skipped } = await renderCharts(run, (id) => onProgress(`drawing ${id}`));
  if (skipped !== null) run.warnings.push(`no charts were drawn: ${skipped}`);
  onProgress('writing report.html');
  const { page, missing } = await makeReport(run);
  const place = (id: string, kind: (typeof KINDS)[number]) => join(out, CHART_FOLDER, `${id}.${kind}`);
  const drawn = new Set(charts.map(({ id }) => id));
  makeFolder(join(out, CHART_FOLDER));
  writeTogether(
    [
      ...charts.flatMap((chart) => KINDS.map((kind) => ({ path: place(chart.id, kind), data: chart[kind] }))),
      { path: join(out, 'report.md'), data: markdownReport(run) },
      { path: join(out, 'report.html'), data: page },
      { path: join(out, 'run.json'), data: `${JSON.stringify(run, null, 1)}\n` },
    ],
    CHART_IDS.filter((id) => !drawn.has(id)).flatMap((id) => KINDS.map((kind) => place(id, kind))),
  );
  const { length } = charts;
  return {
    files: `Written: ${join(out, 'run.json')}, report.html, report.md and ${counted(length, 'chart')} in charts/.`,
    missing,
  };
}
