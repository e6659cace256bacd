// linmap report: the page of a run, made from its record.
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { writeWhole } from '../io/file.js';
import { formatSize } from '../io/size.js';
import { recordFile } from '../record/compare-source.js';
import { readRun } from '../record/read-run.js';
import type { Run } from '../record/run.js';
import { renderStills } from '../report/charts/render.js';
import { readPageAssets } from '../report/page/assets.js';
import { type PageAssets, reportPage } from '../report/page/page.js';
import { type Output, standardOutput } from './output.js';
import { inCurrentFolder, LATEST_FOLDER } from './result-places.js';

interface ReportOptions {
  output?: string;
  json?: boolean;
}

const EXAMPLES = `
The page is one file without any link to a network: mail it, print it, open it on a phone. docs/report.md tells how to
read it.

Examples:
  linmap report
  linmap report results/latest/run.json -o /tmp/linmap.html`;

export function register(program: Command): void {
  program
    .command('report')
    .summary('write the report page of a run')
    .description('Writes the record of a run as one self-contained HTML page.')
    .argument(
      '[run]',
      `the record: a file, a folder with run.json, or latest (${inCurrentFolder(LATEST_FOLDER)})`,
      'latest',
    )
    .option('-o, --output <file>', 'where the page goes (default: report.html beside the record)')
    .option('--json', 'print one JSON document (linmap.report/1)')
    .addHelpText('after', EXAMPLES)
    .action((run: string, options: ReportOptions) => reportCommand(run, options));
}

/** @throws InputError where the record is wrong or the page cannot be written */
async function reportCommand(
  record: string,
  options: ReportOptions,
  output: Output = standardOutput,
): Promise<void> {
  const source = recordFile(record) ?? record;
  const file = options.output ?? join(dirname(source), 'report.html');
  const { bytes, missing } = await writeReport(readRun(source), file);
  if (missing !== null) output.warn(missing);
  output.result(
    {
      document: { schema: 'linmap.report/1', file, bytes, script: missing === null },
      text: () => `Written: ${file}, ${formatSize(Math.ceil(bytes / 1024) * 1024)}.`,
    },
    options.json ?? false,
  );
}

/** Writes the page of a run. @returns its size, and what it had to go without, in words */
export async function writeReport(
  run: Run,
  file: string,
): Promise<{ bytes: number; missing: string | null }> {
  const { page, missing } = await makeReport(run);
  const bytes = Buffer.from(page);
  writeWhole(file, bytes);
  return { bytes: bytes.length, missing };
}

/** The page of a run with everything that this installation has for it. */
export async function makeReport(
  run: Run,
  more: Pick<PageAssets, 'live'> = {},
): Promise<{ page: string; missing: string | null }> {
  const { assets, missing } = readPageAssets();
  return { page: reportPage(run, { ...assets, stills: await renderStills(run), ...more }), missing };
}
