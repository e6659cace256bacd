// linmap export: the record of a run in a format that other tools read.
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { writeWhole } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import { LATEST_RUN, recordFile } from '../record/compare-source.js';
import { EXPORT_FORMATS } from '../record/export/catalogue.js';
import type { Exported, ExportFormat } from '../record/export/export-format.js';
import { readHistoryFile } from '../record/history-file.js';
import { readRun } from '../record/read-run.js';
import { regexpArgument } from './arguments.js';
import { noMatch } from './no-match.js';
import { type Output, standardOutput } from './output.js';

interface ExportOptions {
  format: string;
  filter?: RegExp;
  out?: string;
}

const EXAMPLES = `
RUN is a run.json, a folder that holds one, or "latest" (results/latest in
the current folder). For csv it may be a file of the history (.jsonl): a row for
each run.

Formats:
${EXPORT_FORMATS.map(({ id, reader }) => `  ${id.padEnd(17)} ${reader}`).join('\n')}

Examples:
  linmap export --format go > new.txt
  linmap export --format junit -o gate.xml
  linmap export results/history/678c1798530c.jsonl --format csv -o times.csv`;

export function register(program: Command): void {
  program
    .command('export')
    .summary('write a record in a format that other tools read')
    .description('Writes the record of a run of linmap bench in a format that other tools read.')
    .argument('[run]', 'the record', 'latest')
    .addOption(
      new Option('--format <id>', 'the format')
        .choices(EXPORT_FORMATS.map(({ id }) => id))
        .makeOptionMandatory(),
    )
    .option('--filter <regexp>', 'only series and cases whose name it matches', regexpArgument)
    .option('-o, --out <file>', 'write there instead of printing')
    .addHelpText('after', EXAMPLES)
    .action((run: string, options: ExportOptions) => {
      exportCommand(run, options);
    });
}

/** @throws InputError for what is no record, where the filter matches nothing, or where the file cannot be written. */
function exportCommand(
  name: string,
  options: ExportOptions,
  output: Pick<Output, 'warn'> = standardOutput,
): void {
  const format = EXPORT_FORMATS.find(({ id }) => id === options.format) as ExportFormat;
  const { filter } = options;
  const names = new Set<string>();
  let matched = false;
  const { text, warnings } = exportOf(name, format, (one) => {
    names.add(one);
    const wanted = filter?.test(one) ?? true;
    matched ||= wanted;
    return wanted;
  });
  if (filter && !matched)
    throw noMatch('--filter', `what ${format.id} holds of a record`, [...names], filter);
  for (const warning of warnings) output.warn(warning);
  if (options.out === undefined) process.stdout.write(text);
  else writeWhole(options.out, text);
}

function exportOf(name: string, format: ExportFormat, wanted: (name: string) => boolean): Exported {
  if (extname(name) !== '.jsonl') {
    const file = recordFile(name);
    if (file === null) {
      throw new InputError(
        name,
        null,
        `expected a run.json or a folder with one, such as ${LATEST_RUN}, found neither`,
      );
    }
    return format.ofRun(readRun(file), wanted);
  }
  const { entries, warnings } = readHistoryFile(name);
  if (entries.length === 0) throw new InputError(name, null, 'expected runs of the history, found none');
  if (format.ofHistory === undefined) {
    throw new InputError(name, null, `expected the record of one run for ${format.id}, found a history`);
  }
  const result = format.ofHistory(entries, wanted);
  return { ...result, warnings: [...warnings, ...result.warnings] };
}
