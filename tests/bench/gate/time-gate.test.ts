// The gate as linmap bench calls it, with processes that measure next to nothing: what it says is tested, not times.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GATE_CASES } from '../../../bench/gate/cases.js';
import { type TimeGateOptions, timeGate } from '../../../bench/gate/time-gate.js';
import { Core } from '../../../src/core/core.js';
import { modulePath } from '../../../src/core/module.js';
import { otherBuild } from '../../../src/core/other-build.js';
import { writeReference } from '../../../src/record/gate/reference.js';
import { sharedFolder } from '../../scratch-folder.js';

const core = readFileSync(modulePath());
const FACTS = { version: '0', commit: null, dirty: false, pinned: new Date(0).toISOString(), reason: null };
const SMALLEST = { placements: 1, visits: { rounds: 1, passes: 1 }, looks: [1, 2], budgetMs: 60_000 };

const folder = sharedFolder();

function gate(module: Uint8Array, options: Partial<TimeGateOptions> = {}) {
  writeReference(folder, module, FACTS);
  return timeGate({ quick: true, reference: folder, plan: SMALLEST, evenIfSame: true, seed: 1, ...options });
}

/** The core under another name for one of its exports: as if it did not have it. */
function without(name: string): Uint8Array {
  const bytes = Buffer.from(core);
  const at = bytes.indexOf(Buffer.concat([Buffer.from([name.length]), Buffer.from(name)]));
  if (at < 0) throw new Error(`the core exports no ${name}`);
  bytes.write('?', at + name.length);
  return bytes;
}

describe('timeGate()', () => {
  it('measures every benchmark in processes of its own', async () => {
    const said: string[] = [];
    const record = await gate(core, { onProgress: (text) => said.push(text) });
    expect(record.benchmarks.map(({ name }) => name)).toEqual(GATE_CASES.map(({ name }) => name));
    expect(record.processes).toBe(2);
    expect(said).toHaveLength(2);
    for (const { ratio, control, processes } of record.benchmarks) {
      expect(processes).toBe(2);
      for (const { low, ratio: middle, high } of [ratio, control]) {
        expect(low).toBeLessThanOrEqual(middle);
        expect(middle).toBeLessThanOrEqual(high);
        expect(middle).toBeGreaterThan(0);
      }
    }
    expect(record).toMatchObject({ quick: true, seed: 1, notes: [] });
    expect(record.candidate.sha256).toBe(record.reference?.sha256);
  });

  it('has nothing to time where candidate and reference are one', async () => {
    const record = await gate(core, { evenIfSame: false });
    expect(record).toMatchObject({ judged: false, processes: 0, benchmarks: [] });
    expect(record.reason).toMatch(/byte for byte/);
  });

  it('says what to do where nothing is pinned', async () => {
    const record = await timeGate({ quick: true, reference: join(folder, 'nowhere') });
    expect(record).toMatchObject({ judged: false, reference: null });
    expect(record.reason).toMatch(/linmap reference pin/);
  });

  it('takes a reference that lacks what the benchmarks do not need', async () => {
    const record = await gate(without('LOG_CAPACITY'), { filter: /^build: pages$/ });
    expect(record.benchmarks).toHaveLength(1);
  });

  it.each(['walkBatch', 'OPERATION_SPLIT'])('cannot compare with a reference that lacks %s', async (name) => {
    const record = await gate(without(name));
    expect(record).toMatchObject({ judged: false, processes: 0, benchmarks: [] });
    expect(record.reason).toMatch(/^not comparable: .*pin anew/);
  });

  it('cannot compare with what is no core', async () => {
    const record = await gate(Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]), { filter: /^build/ });
    expect(record.reason).toMatch(/^not comparable/);
  });

  it('ends with what it has when time is up', async () => {
    const plan = { ...SMALLEST, looks: [2, 50], budgetMs: 1 };
    const record = await gate(core, { plan, filter: /^build/ });
    expect(record.processes).toBe(1);
    expect(record.benchmarks.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive']);
    expect(record).toMatchObject({ judged: false });
    expect(record.reason).toMatch(/too noisy/);
  });

  it('fails where the candidate does not do its work', async () => {
    const file = join(folder, 'candidate.wasm');
    writeFileSync(file, without('walkBatch'));
    await expect(gate(core, { candidate: file, filter: /^walk in batches/ })).rejects.toThrow(/function/);
  });
});

describe('a case of the gate', () => {
  it.each(GATE_CASES)('$name does the same each time', ({ start }) => {
    const one = new Core();
    const work = start(one);
    const counts = Array.from({ length: 3 }, () => {
      one.resetCounters();
      work();
      return one.counters();
    });
    expect(counts[1]).toEqual(counts[2]);
    expect(one.summary().leaves).not.toEqual({ pud: 0, pmdCont: 0, pmd: 0, pteCont: 0, pte: 0 });
  });
});

describe('otherBuild()', () => {
  it('makes cores of any build, and names what an older one lacks', () => {
    expect(otherBuild(core, core).missing).toEqual([]);
    const older = otherBuild(without('SYSTEM_PAGES_ONLY'), core);
    expect(older.missing).toEqual(['SYSTEM_PAGES_ONLY']);
    expect(older.newCore().bits).toEqual(new Core().bits);
  });
});
