// linmap reference: the pinned build of the core that linmap bench --check times the present one against.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { modulePath } from '../core/module.js';
import { InputError } from '../io/input-error.js';
import { packageFile } from '../io/package-file.js';
import { sourceCommit } from '../record/environment.js';
import {
  REFERENCE_FOLDER,
  type ReferenceRecord,
  readReference,
  sha256,
  writeReference,
} from '../record/gate/reference.js';
import { formatCount } from '../report/number.js';
import { usageError } from './failure.js';
import { type Output, standardOutput } from './output.js';
import { inCurrentFolder } from './result-places.js';
import { linmapVersion } from './version.js';

interface ReferenceOptions {
  reference: string;
  json?: boolean;
}

interface PinOptions extends ReferenceOptions {
  reason?: string;
  force?: boolean;
}

const EXAMPLES = `
Pin after a change of speed that is meant to stay, from a clean tree, and commit the result.

Examples:
  linmap reference
  linmap reference pin --reason "walks fetch page descriptors together"`;

export function register(program: Command): void {
  const reference = program
    .command('reference')
    .summary('show or pin the core that times are compared with')
    .description(
      'Shows the pinned reference of linmap bench --check: where it came from, and whether it is the present core.',
    )
    .addOption(
      new Option('--reference <dir>', 'folder of the reference').default(
        REFERENCE_FOLDER,
        inCurrentFolder(REFERENCE_FOLDER),
      ),
    )
    .option('--json', 'print its record (linmap.reference/1)')
    .addHelpText('after', EXAMPLES)
    .action((options: ReferenceOptions) => {
      referenceCommand(options);
    });
  reference
    .command('pin')
    .summary('make the present core the reference')
    .description('Copies build/core.wasm, with commit, hash, date and reason.')
    .option('--reason <text>', 'why times are compared with this core from now on')
    .option('--force', 'pin though the sources are not those of a commit')
    .action((_: object, command: Command) => {
      pinCommand(command.optsWithGlobals<PinOptions>());
    });
}

/**
 * Shows what is pinned.
 * @throws InputError where the reference is damaged
 */
function referenceCommand(
  { reference: folder, json }: ReferenceOptions,
  output: Output = standardOutput,
): void {
  const pinned = readReference(folder);
  if (pinned === null) {
    throw new InputError(folder, null, 'expected a pinned reference, found none: linmap reference pin');
  }
  show(pinned.record, folder, json ?? false, output);
}

/**
 * Makes the present build the reference.
 * @throws CommanderError where the sources are changed or newer than the build, unless forced
 * @throws InputError where the folder cannot be written
 */
function pinCommand(options: PinOptions, output: Output = standardOutput): void {
  const commit = sourceCommit();
  if (!options.force) {
    if (commit?.dirty) {
      throw usageError(
        'expected a clean tree, found changes that no commit has: commit them, or pin with --force',
      );
    }
    const newer = sourceNewerThanBuild();
    if (newer !== null)
      throw usageError(`expected a build of the present sources, but ${newer} is newer: npm run build`);
  }
  const record = writeReference(options.reference, readFileSync(modulePath()), {
    version: linmapVersion(),
    commit: commit?.hash ?? null,
    dirty: commit?.dirty ?? false,
    pinned: new Date().toISOString(),
    reason: options.reason?.trim() || null,
  });
  show(record, options.reference, options.json ?? false, output);
}

/** Name of a source of the core that was written after the core was built. */
function sourceNewerThanBuild(): string | null {
  const sources = packageFile('assembly');
  if (sources === null) return null;
  const built = statSync(modulePath()).mtimeMs;
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    const { mtimeMs } = statSync(join(sources, file));
    if (mtimeMs > built) return join('assembly', file);
  }
  return null;
}

function show(record: ReferenceRecord, folder: string, json: boolean, output: Output): void {
  const isPresent = record.sha256 === sha256(readFileSync(modulePath()));
  const from =
    record.commit === null ? 'no commit' : `commit ${record.commit}${record.dirty ? ', with changes' : ''}`;
  const lines = [
    `reference    ${join(folder, 'core.wasm')}, ${formatCount(record.bytes)} bytes`,
    `built from   ${from}, linmap ${record.version}`,
    `pinned       ${record.pinned}`,
    `reason       ${record.reason ?? 'none given'}`,
    `sha256       ${record.sha256}`,
    `present core ${isPresent ? 'the same, byte for byte' : 'another build'}`,
  ];
  output.result({ document: record, text: () => lines.join('\n') }, json);
}
