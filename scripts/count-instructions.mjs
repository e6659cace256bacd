// How many instructions an operation of `bench --native` takes in WASM, as V8 compiles it, and in C: what is left of a
// ratio when caches and clocks are taken out. Counted by callgrind, so that nothing else on the machine matters.
//
//   node scripts/count-instructions.mjs [--filter 'walk.*1 GiB of pages'] [--rounds 8]
//
// Needs a C compiler and valgrind. Valgrind knows no vectors of 512 bits, so C is compiled for x86-64-v3 here. What is
// counted is the difference between a run of one round and one of more: what is done once is in both. Splits and builds
// find their map anew in every round, which is counted too.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** @param {string} file */
const compiled = (file) => import(new URL(`../dist/${file}`, import.meta.url).href);
/** @type {typeof import('../bench/native/cases.js')} */
const { NATIVE_CASES, nativeCaseName } = await compiled('bench/native/cases.js');
/** @type {typeof import('../bench/native/run.js')} */
const { HOT_PATH_TWIN } = await compiled('bench/native/run.js');
/** @type {typeof import('../bench/native/twin.js')} */
const { compiledTwin, Twin } = await compiled('bench/native/twin.js');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    filter: { type: 'string', default: 'one by one over.* 1 GiB|1 TiB|one random page|in cache' },
    rounds: { type: 'string', default: '8' },
  },
});

try {
  if (positionals.length > 0) await runRounds(positionals);
  else countAll();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

/**
 * One case, `rounds` times over, in a process that is counted or that has a counted twin.
 * @param {string[]} words side, name of the case, rounds, the command that starts the twin
 */
async function runRounds([side = '', name = '', rounds = '', program = '', ...words]) {
  const one = NATIVE_CASES.find((candidate) => nativeCaseName(candidate) === name);
  if (one === undefined) throw new Error(`no case is called ${name}`);
  const twin = new Twin(program, words);
  const { wasm, native } = await one.start(twin);
  for (let round = 0; round < Number(rounds); round++) {
    if (side === 'wasm') {
      wasm.prepare?.();
      wasm.run();
    } else {
      await native.prepare?.();
      await native.run();
    }
  }
  await twin.end();
  console.log(`operations ${Number(rounds) * ((side === 'native' && native.operations) || wasm.operations)}`);
}

function countAll() {
  if (process.arch !== 'x64')
    throw new Error('C is compiled for x86-64-v3 here, and this is no such machine');
  if (!(Number(options.rounds) >= 1)) throw new Error(`--rounds ${options.rounds}: expected a number from 1`);
  if (spawnSync('valgrind', ['--version']).error !== undefined) throw new Error('valgrind is not there');
  const names = NATIVE_CASES.map(nativeCaseName).filter((name) => new RegExp(options.filter).test(name));
  if (names.length === 0) throw new Error(`--filter ${options.filter}: no case has such a name`);
  const flags = ['-O3', '-march=x86-64-v3', '-fno-strict-aliasing'];
  const executable = compiledTwin(HOT_PATH_TWIN, { command: 'cc', flags });
  if (typeof executable !== 'string') throw new Error(executable.skipped);
  const scratch = mkdtempSync(join(tmpdir(), 'linmap-count-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  for (const name of names) {
    const wasm = perOperation('wasm', name, executable, scratch);
    const native = perOperation('native', name, executable, scratch);
    console.log(
      `${name}: ${wasm.toFixed(1)} in WASM, ${native.toFixed(1)} in C: ${(wasm / native).toFixed(2)}`,
    );
  }
}

/** @param {'wasm' | 'native'} side @param {string} name @param {string} executable @param {string} scratch */
function perOperation(side, name, executable, scratch) {
  const few = count(side, name, 1, executable, scratch);
  const many = count(side, name, 1 + Number(options.rounds), executable, scratch);
  return (many.instructions - few.instructions) / (many.operations - few.operations);
}

/** @param {'wasm' | 'native'} side @param {string} name @param {number} rounds @param {string} executable @param {string} scratch */
function count(side, name, rounds, executable, scratch) {
  const log = join(scratch, 'callgrind.log');
  const callgrind = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', `--log-file=${log}`];
  // TurboFan's code from the start; code that is written while it runs has to be looked at again.
  const node = [process.execPath, '--no-liftoff', '--no-wasm-async-compilation', '--predictable'];
  const self = [fileURLToPath(import.meta.url), '--', side, name, `${rounds}`];
  const command =
    side === 'wasm'
      ? [...callgrind, '--smc-check=all-non-file', ...node, ...self, executable]
      : [process.execPath, ...self, ...callgrind, executable];
  const [program = '', ...words] = command;
  // A string instruction would count once for each byte.
  const env = {
    ...process.env,
    GLIBC_TUNABLES:
      'glibc.cpu.x86_rep_movsb_threshold=1000000000:glibc.cpu.x86_rep_stosb_threshold=1000000000',
  };
  const { stdout, stderr, status, error } = spawnSync(program, words, { encoding: 'utf8', env });
  if (error !== undefined || status !== 0) throw new Error(`${program}: ${error?.message ?? stderr}`);
  const instructions = /Collected : (\d+)/.exec(readFileSync(log, 'utf8'))?.[1];
  return { instructions: Number(instructions), operations: Number(/operations (\d+)/.exec(stdout)?.[1]) };
}
