// linmap accept and linmap bench --check: what was accepted passes, what changed is named.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Baseline } from '../../src/record/baseline.js';
import { sharedFolder } from '../scratch-folder.js';
import { linmapHere } from './linmap-here.js';

const FILTER = '^4k-bbml2/cbpf200$|^4K.48 blocks (bpf-pack-2m|vmalloc-2m-huge) ';
const NAME = 'comparison 4K/48 blocks vmalloc-2m-huge page-basis';

const folder = sharedFolder();
const baseline = join(folder, 'baseline.json');
beforeAll(async () => {
  expect((await bench()).code).toBe(0);
  const { code, stdout } = await accept('the first');
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Accepted: ') });
});

const out = join(folder, 'out');
/** With one thread, which needs no built files of its own. */
const bench = (...args: string[]) =>
  linmapHere('bench', '--quick', '--jobs', '1', '--filter', FILTER, '--out', out, '--no-history', ...args);
const check = (file = baseline) => bench('--check=counters', '--baseline', file);
const accept = (reason: string, file = baseline) =>
  linmapHere('accept', '--reason', reason, '--run', join(out, 'run.json'), '--baseline', file);

function spoilt(change: (cases: Record<string, { counters: Record<string, number> }>) => void): string {
  const file = join(folder, 'spoilt.json');
  const document = JSON.parse(readFileSync(baseline, 'utf8'));
  change(document.cases);
  writeFileSync(file, JSON.stringify(document));
  return file;
}

describe('linmap bench --check', () => {
  test('passes where nothing has changed since it was accepted', async () => {
    const { code, stdout } = await check();
    expect(code).toBe(0);
    expect(stdout).toMatch(/computed again.* 16 +equal\n.*baseline\.json +16 +equal/);
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('#### Exact results');
  });

  test('fails on one changed counter, and names it with both values', async () => {
    let old = 0;
    const file = spoilt((cases) => {
      const counters = cases[NAME]?.counters ?? {};
      old = (counters.descriptorWrites ?? 0) - 1;
      counters.descriptorWrites = old;
    });
    const { code, stdout } = await check(file);
    expect(code).toBe(1);
    const plain = stdout.replaceAll('\u202f', '');
    expect(plain).toContain('1 case DIFFERS');
    expect(plain).toMatch(new RegExp(`descriptorWrites: 1 case\\n +${NAME} +${old} +${old + 1}`));
  });

  test('fails on a case that the baseline does not have', async () => {
    const file = spoilt((cases) => {
      delete cases[NAME];
    });
    const { code, stdout } = await check(file);
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`new case: 1 case\\n +${NAME}`));
  });

  test('does not miss what the filter left out', async () => {
    const file = spoilt((cases) => {
      cases['replay 4k-bbml2/another'] = { counters: { calls: 1 } };
    });
    expect((await check(file)).code).toBe(0);
  });

  test('without a baseline says in one line how to make one', async () => {
    const { code, stdout, stderr } = await check(join(folder, 'nowhere.json'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^\S*nowhere\.json: expected a baseline.*linmap accept --reason[^\n]*\n$/);
  });
});

describe('linmap accept', () => {
  test('makes a changed result pass, and keeps why', async () => {
    const file = spoilt((cases) => {
      const counters = cases[NAME]?.counters;
      if (counters) counters.calls = 1;
    });
    expect((await check(file)).code).toBe(1);
    const { code, stdout } = await accept('  calls are\ncounted ', file);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('calls: 1 case') });
    expect((await check(file)).code).toBe(0);
    const { accepted }: Baseline = JSON.parse(readFileSync(file, 'utf8'));
    const run = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    expect(accepted).toMatchObject([
      { reason: 'the first', cases: 16 },
      { reason: 'calls are counted', cases: 1, commit: run.commit },
    ]);
    // Back to what it was, but for the acceptance.
    expect(JSON.parse(readFileSync(file, 'utf8')).cases).toEqual(
      JSON.parse(readFileSync(baseline, 'utf8')).cases,
    );
  });

  test('leaves the file alone where nothing differs', async () => {
    const before = readFileSync(baseline, 'utf8');
    const { code, stdout } = await accept('once more');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to accept') });
    expect(readFileSync(baseline, 'utf8')).toBe(before);
  });

  test('wants a reason', async () => {
    const file = join(folder, 'none.json');
    for (const args of [[], ['--reason', ' \n ']]) {
      const { code, stderr } = await linmapHere('accept', ...args, '--baseline', file);
      expect(code).toBe(2);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
    expect(existsSync(file)).toBe(false);
  });

  test('does not take a record without digests, nor one whose results did not repeat', async () => {
    const run = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    const file = join(folder, 'run.json');
    const target = join(folder, 'none.json');
    const command = ['accept', '--reason', 'why', '--run', file, '--baseline', target];
    writeFileSync(file, JSON.stringify({ ...run, exact: undefined }));
    const older = await linmapHere(...command);
    expect(older.code).toBe(2);
    expect(older.stderr).toMatch(/run\.json: expected a record with digests/);
    const differences = [{ name: NAME, counter: 'calls', old: 1, new: 2 }];
    writeFileSync(file, JSON.stringify({ ...run, exact: { cases: 1, repeated: { cases: 1, differences } } }));
    const unstable = await linmapHere(...command);
    expect(unstable.code).toBe(1);
    expect(unstable.stdout).toContain(NAME);
    expect(existsSync(target)).toBe(false);
  });
});
