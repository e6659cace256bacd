// What the time gate is worth on this machine: how often it raises an alarm over nothing, and how often it sees a walk
// that was made slower. Builds cores from a copy of assembly/ and runs the gate many times over.
//
//   node scripts/demonstrate-gate.mjs [--runs 20] [--kinds same,moved,slower] [--slowdown 5] [--load 0] [--quick]
//
// same:   the reference against itself
// moved:  the same code behind a function that nobody calls, so that it lies elsewhere
// slower: work added to walkBatch(), as much as makes its slowest benchmark slower by --slowdown percent
// --load: busy processes beside the gate
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** @param {string} file */
const compiled = (file) => import(new URL(`../dist/${file}`, import.meta.url).href);
/** @type {typeof import('../bench/gate/time-gate.js')} */
const { timeGate } = await compiled('bench/gate/time-gate.js');
/** @type {typeof import('../src/record/gate/reference.js')} */
const { writeReference } = await compiled('src/record/gate/reference.js');

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    kinds: { type: 'string', default: 'same,moved,slower' },
    slowdown: { type: 'string', default: '5' },
    load: { type: 'string', default: '0' },
    quick: { type: 'boolean', default: false },
  },
});

/** Benchmarks that call walkBatch(). The added work is the same in both, so it is calibrated on the slower one. */
const slowed = /^walk in batches/;
const calibrated = /^walk in batches: pages$/;

const scratch = mkdtempSync(join(tmpdir(), 'linmap-gate-'));
const reference = join(scratch, 'reference');
const busy = Array.from({ length: Number(options.load) }, () =>
  spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
);
process.once('exit', () => {
  for (const child of busy) child.kill();
  rmSync(scratch, { recursive: true, force: true });
});
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const plain = build('plain', (source) => source);
writeReference(reference, readFileSync(plain), {
  version: 'demonstration',
  commit: null,
  dirty: true,
  pinned: new Date().toISOString(),
  reason: 'built for a demonstration',
});

for (const kind of (options.kinds ?? '').split(',')) {
  const candidate = await candidateOf(kind);
  await demonstrate(kind, candidate);
}

/**
 * @param {string} kind
 * @returns {Promise<string>} path of a module
 */
async function candidateOf(kind) {
  switch (kind) {
    case 'same':
      return plain;
    case 'moved':
      return build('moved', behindOtherCode);
    case 'slower':
      return slowerBy(Number(options.slowdown) / 100);
    default:
      throw new Error(`expected same, moved or slower, found '${kind}'`);
  }
}

/**
 * @param {string} kind
 * @param {string} candidate
 */
async function demonstrate(kind, candidate) {
  const runs = Number(options.runs);
  let caught = 0;
  let alarms = 0;
  let unclear = 0;
  let noisy = 0;
  for (let run = 1; run <= runs; run++) {
    const record = await gate(candidate);
    const changed = record.benchmarks.filter(
      ({ verdict }) => verdict === 'regressed' || verdict === 'improved',
    );
    const right = changed.filter(
      ({ name, verdict }) => kind === 'slower' && slowed.test(name) && verdict === 'regressed',
    );
    const wrong = changed.filter((one) => !right.includes(one));
    if (right.some(({ name }) => calibrated.test(name))) caught++;
    if (wrong.length > 0) alarms++;
    unclear += record.benchmarks.filter(
      ({ verdict, tooNoisy }) => verdict === 'inconclusive' && !tooNoisy,
    ).length;
    noisy += record.benchmarks.filter(({ tooNoisy }) => tooNoisy).length;
    const said = changed.map(({ name, verdict, ratio }) => `${name} ${verdict} ${percent(ratio.ratio)}`);
    const cost = `${record.processes} processes, ${Math.round(record.elapsedMs / 1000)} s, load ${loadavg()[0]?.toFixed(1)}`;
    console.log(`${kind} ${run}/${runs}: ${said.join('; ') || 'nothing changed'} (${cost})`);
  }
  if (kind === 'slower') console.log(`${kind}: caught in ${caught} of ${runs} runs`);
  console.log(
    `${kind}: a false alarm in ${alarms} of ${runs} runs; ${unclear} verdicts inconclusive, ${noisy} too noisy`,
  );
}

/** @param {string} candidate @param {Partial<import('../bench/gate/time-gate.js').TimeGateOptions>} [more] */
function gate(candidate, more = {}) {
  return timeGate({ quick: options.quick ?? false, candidate, reference, evenIfSame: true, ...more });
}

/**
 * A build whose walks take `share` longer, found by measuring. The turns of the added loop are what is adjusted.
 * @param {number} share
 */
async function slowerBy(share) {
  let turns = 400;
  let closest = { candidate: plain, distance: Number.POSITIVE_INFINITY };
  for (let attempt = 1; attempt <= 4 && closest.distance > share / 20; attempt++) {
    const candidate = build(`slower-${attempt}`, (source) => withAddedWork(source, turns));
    // One look after so many processes that the interval is small against what is being set.
    const plan = {
      placements: 2,
      visits: { rounds: 2, passes: 3 },
      looks: [24],
      budgetMs: Number.POSITIVE_INFINITY,
    };
    const { benchmarks } = await gate(candidate, { filter: calibrated, plan });
    const measured = (benchmarks[0]?.ratio.ratio ?? Number.NaN) - 1;
    console.log(`calibration: ${turns} turns a call make walks slower by ${percent(1 + measured)}`);
    const distance = Math.abs(measured - share);
    if (distance < closest.distance) closest = { candidate, distance };
    turns = Math.max(1, Math.round((turns * share) / measured));
  }
  return closest.candidate;
}

/**
 * @param {string} source
 * @param {number} turns
 */
function withAddedWork(source, turns) {
  const begin = /export function walkBatch\([^)]*\): u32 \{\n/;
  if (!begin.test(source)) return source;
  return `${source.replace(begin, (line) => `${line}  addedWork();\n`)}
const ADDED: usize = memory.data(4);
function addedWork(): void {
  let x = load<u32>(ADDED) | 1;
  for (let turn = 0; turn < ${turns}; turn++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  store<u32>(ADDED, x);
}
`;
}

/** @param {string} source @param {string} file */
function behindOtherCode(source, file) {
  if (file !== 'index.ts') return source;
  const steps = Array.from({ length: 37 }, (_, i) => `  x = (x ^ (x >> ${(i % 31) + 1})) * ${2 * i + 3};`);
  return `export function neverCalled(n: u64): u64 {\n  let x = n;\n${steps.join('\n')}\n  return x;\n}\n${source}`;
}

/**
 * Builds a core from a copy of assembly/.
 * @param {string} name
 * @param {(source: string, file: string) => string} change given the text of each file
 * @returns {string} path of the module
 */
function build(name, change) {
  const folder = join(scratch, name);
  const sources = join(folder, 'assembly');
  cpSync(join(root, 'assembly'), sources, { recursive: true });
  cpSync(join(root, 'asconfig.json'), join(folder, 'asconfig.json'));
  let changed = 0;
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const before = readFileSync(join(sources, file), 'utf8');
    const after = change(before, file);
    if (after === before) continue;
    writeFileSync(join(sources, file), after);
    changed++;
  }
  if (changed === 0 && name !== 'plain') throw new Error(`${name}: found nothing to change in assembly/`);
  const compiler = createRequire(import.meta.url).resolve('assemblyscript/package.json');
  const module = join(folder, 'core.wasm');
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      join(dirname(compiler), 'bin/asc.js'),
      '--target',
      'release',
      '--outFile',
      module,
      '--textFile',
      join(folder, 'core.wat'),
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return module;
}

/** @param {number} ratio */
function percent(ratio) {
  return `${ratio < 1 ? '' : '+'}${((ratio - 1) * 100).toFixed(1)} %`;
}
