import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './build-lock.mjs';
import { BundleError, bundle } from './bundle.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const buildDir = join(root, 'build');
const distDir = join(root, 'dist');
const stamp = join(distDir, '.stamp');
const app = join(distDir, 'browser/app.js');
const appStyle = join(distDir, 'browser/app.css');
const require = createRequire(import.meta.url);

/** A compiler found something wrong; the message is its output. */
export class BuildError extends Error {}

/** What each part is made from, and what must exist afterwards. The first output dates the part. */
const core = {
  inputs: ['assembly', 'asconfig.json', 'package-lock.json'],
  outputs: ['core.wasm', 'core.wat', 'core.debug.wasm', 'core.debug.wasm.map'].map((file) =>
    join(buildDir, file),
  ),
};
const typeScript = {
  inputs: ['src', 'bench', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
  outputs: [stamp],
};
const page = {
  inputs: ['src', 'scripts/bundle.mjs', 'package-lock.json'],
  outputs: [app, appStyle],
};

/**
 * Builds the WASM core (release and debug) into build/, and into dist/ the TypeScript and the script of the report's page,
 * where older than their sources.
 * Several processes may call this at once: one builds, the others wait and find nothing left to do.
 *
 * @param {{ force?: boolean, allowTypeErrors?: boolean }} [options] `force` builds everything; `allowTypeErrors` prints
 *   the compilers' complaints instead of throwing them, provided that JavaScript came out
 * @returns {Promise<void>}
 * @throws {BuildError} with the compiler's output
 */
export async function build({ force = false, allowTypeErrors = false } = {}) {
  if (!force && ![core, typeScript, page].some(isStale)) return;
  await mkdir(buildDir, { recursive: true });
  await withLock(join(buildDir, '.lock'), async () => {
    if (force || isStale(core)) await buildCore();
    if (force || isStale(typeScript)) await buildTypeScript({ force, allowTypeErrors });
    if (force || isStale(page)) await bundlePage({ allowTypeErrors });
  });
}

async function buildCore() {
  say('building WASM core…');
  const started = new Date();
  const staging = await mkdtemp(join(buildDir, '.core-'));
  try {
    // Both are awaited before either may throw: a compiler still running would write into a removed directory.
    const runs = await Promise.all([
      assemble('release', ['--outFile', join(staging, 'core.wasm'), '--textFile', join(staging, 'core.wat')]),
      assemble('debug', ['--outFile', join(staging, 'core.debug.wasm')]),
    ]);
    const broken = runs.find(({ status }) => status !== 0);
    if (broken !== undefined) throw new BuildError(broken.output);
    // The first of the outputs goes last: its date says that the others are in place.
    for (const output of core.outputs.toReversed()) {
      const staged = join(staging, basename(output));
      await utimes(staged, started, started);
      await rename(staged, output);
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * @param {string} target a target of asconfig.json
 * @param {string[]} outputs
 */
function assemble(target, outputs) {
  const compiler = join(dirname(require.resolve('assemblyscript/package.json')), 'bin/asc.js');
  return run([compiler, '--target', target, ...outputs]);
}

/** tsc's exit status DiagnosticsPresent_OutputsGenerated. */
const emittedDespiteErrors = 2;

/** @param {{ force: boolean, allowTypeErrors: boolean }} options */
async function buildTypeScript({ force, allowTypeErrors }) {
  say('compiling TypeScript…');
  const started = new Date();
  await mkdir(distDir, { recursive: true });
  await rm(stamp, { force: true });
  if (force) await rm(join(distDir, '.tsbuildinfo'), { force: true });
  const compiler = require.resolve('typescript/bin/tsc');
  const { status, output } = await run([compiler, '-p', 'tsconfig.build.json']);
  if (status !== 0 && !(allowTypeErrors && status === emittedDespiteErrors)) throw new BuildError(output);
  await removeOrphans(distDir);
  await makeExecutable(join(distDir, 'src/cli/main.js'));
  if (status !== 0) {
    say(output.trimEnd());
    return;
  }
  await writeFile(stamp, '');
  await utimes(stamp, started, started);
}

/** @param {{ allowTypeErrors: boolean }} options */
async function bundlePage({ allowTypeErrors }) {
  say('bundling the page…');
  const started = new Date();
  const staged = join(distDir, `.app.${process.pid}.js`);
  try {
    await bundle({ entry: 'src/browser/app.ts', outfile: staged });
    await mkdir(dirname(app), { recursive: true });
    await copyFile(join(root, 'src/browser/app.css'), appStyle);
    await utimes(staged, started, started);
    await rename(staged, app);
  } catch (error) {
    await rm(staged, { force: true });
    if (!(error instanceof BundleError)) throw error;
    if (!allowTypeErrors) throw new BuildError(`${error.message}\n`);
    // A page of older sources is no page.
    await rm(app, { force: true });
    say(error.message.trimEnd());
  }
}

/**
 * tsc never removes the output of a source that is gone. The page's script is not tsc's.
 * @param {string} dir
 */
async function removeOrphans(dir) {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (path === dirname(app)) continue;
    if (entry.isDirectory()) await removeOrphans(path);
    else if (/\.js(\.map)?$/.test(path)) {
      const source = join(root, relative(distDir, path).replace(/\.js(\.map)?$/, '.ts'));
      if (!existsSync(source)) await rm(path);
    }
  }
}

/** @param {string} file */
async function makeExecutable(file) {
  if (existsSync(file)) await chmod(file, 0o755);
}

/**
 * The date of an output is the moment its build began, so an edit during the build counts as newer. A directory's date
 * changes with the names in it, which catches removals and renames.
 *
 * @param {{ inputs: string[], outputs: string[] }} part
 */
function isStale({ inputs, outputs }) {
  const [dated] = outputs;
  if (dated === undefined || !outputs.every((path) => existsSync(path))) return true;
  const built = statSync(dated).mtimeMs;
  return inputs.some((path) => isNewer(join(root, path), built));
}

/**
 * @param {string} path
 * @param {number} time milliseconds
 * @returns {boolean}
 */
function isNewer(path, time) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (stats.mtimeMs > time) return true;
  return stats.isDirectory() && readdirSync(path).some((name) => isNewer(join(path, name), time));
}

/**
 * @param {string[]} args of node
 * @returns {Promise<{ status: number | null, output: string }>}
 */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', reject).on('close', (status) => resolve({ status, output }));
  });
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
