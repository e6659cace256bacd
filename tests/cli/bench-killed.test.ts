// A main job that is killed leaves every result file of the run before, or its own, whole.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../scratch-folder.js';
import { main, root } from './linmap.js';

const FILTER = '^4K.48 blocks |^table memory$';
const KILLS = 6;

/** Milliseconds that it ran; `after` is when it is killed. */
async function bench(out: string, after?: number): Promise<{ ms: number; signal: NodeJS.Signals | null }> {
  const args = [main, 'bench', '--quick', '--filter', FILTER, '--out', out];
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' });
  const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after);
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject).on('exit', (_, by) => resolve(by));
  });
  clearTimeout(timer);
  return { ms: performance.now() - started, signal };
}

/** What every file of a kind ends with: IEND is the last chunk of a PNG. */
const ENDS: Readonly<Record<string, Buffer>> = {
  '.png': Buffer.from('0000000049454e44ae426082', 'hex'),
  '.svg': Buffer.from('</svg>\n'),
};

function expectWhole(out: string): void {
  const run = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  expect(run.exact.repeated.differences).toEqual([]);
  expect(readFileSync(join(out, 'report.md'), 'utf8')).toMatch(/#### Exact results[\s\S]*\n$/);
  const charts = readdirSync(join(out, 'charts')).filter((name) => !name.startsWith('.'));
  expect(charts.length).toBeGreaterThan(0);
  for (const name of charts) {
    const bytes = readFileSync(join(out, 'charts', name));
    const end = ENDS[extname(name)] ?? Buffer.of();
    expect([name, end.length > 0, bytes.subarray(-end.length)]).toEqual([name, true, end]);
  }
}

test('results are whole, whenever the main job is killed', async () => {
  const out = join(scratchFolder(), 'results');
  const { ms } = await bench(out);
  expectWhole(out);
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    // From the middle on, for files are written at the end.
    const { signal } = await bench(out, ms * (0.5 + (0.5 * (kill + Math.random())) / KILLS));
    if (signal === 'SIGKILL') killed++;
    expectWhole(out);
  }
  expect(killed).toBeGreaterThan(0);
});
