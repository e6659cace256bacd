/** The main job on a folder of one small capture, filtered down to moments. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mainJob } from '../../bench/main-job.js';
import { exactCases } from '../../src/record/exact-cases.js';
import { RUN_SCHEMA, type Run } from '../../src/record/run.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { root } from '../cli/linmap.js';
import { scratchFolder } from '../scratch-folder.js';

const count = z.int().min(0);
const counts = <K extends string>(...names: K[]) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, count])) as Record<K, typeof count>);
const leafCounts = counts('pud', 'pmdCont', 'pmd', 'pteCont', 'pte');
const tableCounts = counts('p4d', 'pud', 'pmd', 'pte');
const countersDocument = z.strictObject({
  calls: count,
  descriptorReads: count,
  descriptorWrites: count,
  tablesAllocated: tableCounts,
  splits: counts('pudToContPmd', 'pudToPmd', 'contPmd', 'pmdToContPte', 'pmdToPte', 'contPte'),
  tlbi: counts('single', 'range', 'all'),
  dsbIshst: count,
  dsbIsh: count,
  isb: count,
  boundaries: count,
});
const state = z.strictObject({
  leaves: leafCounts,
  leafBytes: leafCounts,
  tables: tableCounts,
  tableBytes: count,
});
const digest = z.string().regex(/^[0-9a-f]{16}$/);
const counted = { counters: countersDocument, before: state, after: state, digest };
const placed = { machine: z.string(), scenario: z.string(), granule: count };

/** The parts of a run that this test is about; others may join them. */
const runDocument = z.looseObject({
  schema: z.literal(RUN_SCHEMA),
  version: z.string(),
  time: z.iso.datetime(),
  commit: z.strictObject({ hash: z.string().regex(/^[0-9a-f]{40}$/), dirty: z.boolean() }).nullable(),
  environment: z.strictObject({
    fingerprint: z.string().min(1),
    cpu: z.string(),
    cores: count.min(1),
    architecture: z.string(),
    platform: z.string(),
    node: z.string(),
    v8: z.string(),
    loadAverage: z.number(),
    wasm: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: count.min(1) }),
  }),
  options: z.strictObject({ quick: z.boolean(), filter: z.string().nullable(), seed: z.int() }),
  warnings: z.array(z.string()),
  replays: z.array(
    z.strictObject({
      ...placed,
      vaBits: count,
      events: count,
      applied: count,
      equal: z.boolean().nullable(),
      differenceCount: count,
      agreesWithTrace: z.boolean(),
      ...counted,
    }),
  ),
  traceStrategies: z.array(
    z.strictObject({ ...placed, strategy: z.string(), permissionsEqual: z.boolean(), ...counted }),
  ),
  comparisons: z.array(
    z.strictObject({
      granule: count,
      vaBits: count,
      memoryBytes: count,
      configuration: z.string(),
      workload: z.string(),
      strategy: z.string(),
      result: z.int().max(0),
      ...counted,
    }),
  ),
  tableMemory: z.array(
    z.strictObject({
      granule: count,
      vaBits: count,
      memoryBytes: count,
      configuration: z.string(),
      tableBytes: count,
      digest,
    }),
  ),
  exact: z.strictObject({
    cases: count,
    repeated: z.strictObject({ cases: count, differences: z.tuple([]) }),
  }),
  hotPath: z.array(z.unknown()),
  elapsedMs: z.strictObject({ total: count, parts: z.record(z.string(), count) }),
});

/** A folder of captures with one machine and one scenario. */
function captures(): string {
  const folder = scratchFolder();
  const machine = join(folder, 'tiny');
  mkdirSync(machine);
  for (const name of ['machine.json', 'secretmem']) {
    cpSync(join(root, 'captures/4k-pages', name), join(machine, name), { recursive: true });
  }
  return folder;
}

async function job(folder: string, filter: RegExp): Promise<Run & { progress: string[] }> {
  const progress: string[] = [];
  const run = await mainJob({
    quick: true,
    filter,
    captures: folder,
    version: '0.0.0',
    onProgress: (text) => progress.push(text),
  });
  // What a report reads is what is left of it as JSON.
  expect(runDocument.parse(JSON.parse(JSON.stringify(run)))).toEqual(run);
  return { ...run, progress };
}

describe('the main job', () => {
  it('replays, compares and counts what the filter names', async () => {
    const filter = /^tiny\/secretmem$|^4K\/48 blocks secretmem-page |^table memory$/;
    const run = await job(captures(), filter);
    expect(run.replays).toMatchObject([
      {
        machine: 'tiny',
        scenario: 'secretmem',
        applied: 128,
        equal: true,
        differenceCount: 0,
        agreesWithTrace: true,
      },
    ]);
    const ids = STRATEGIES.map(({ id }) => id);
    expect(run.traceStrategies.map(({ strategy }) => strategy)).toEqual(ids);
    expect(run.traceStrategies.every(({ permissionsEqual }) => permissionsEqual)).toBe(true);
    expect(run.comparisons.map(({ strategy }) => strategy)).toEqual(ids);
    expect(run.tableMemory.length).toBeGreaterThan(0);
    expect(run.hotPath).toEqual([]);
    expect(run.options).toMatchObject({ quick: true, filter: filter.source });
    const exact = exactCases(run);
    expect(exact.map(({ name }) => name)).toContain('replay tiny/secretmem');
    expect(run.exact).toMatchObject({ cases: exact.length, repeated: { cases: exact.length } });
    expect(run.version).toBe('0.0.0');
    expect(run.progress).toContain('replaying tiny/secretmem');
    const { total, parts } = run.elapsedMs;
    expect(Object.values(parts).reduce((sum, ms) => sum + ms, 0)).toBe(total);
    expect(Object.keys(parts)).toEqual(
      expect.arrayContaining(['exact results', 'exact results again', 'hot path']),
    );
  });

  it('has nothing to say where the filter names nothing', async () => {
    const run = await job(captures(), /^nothing of that name$/);
    const { replays, traceStrategies, comparisons, tableMemory, hotPath } = run;
    expect([replays, traceStrategies, comparisons, tableMemory, hotPath]).toEqual([[], [], [], [], []]);
  });

  it('warns where there are no captures, and where a tracer lost events', async () => {
    const nowhere = await job(join(captures(), 'nowhere'), /^nothing$/);
    expect(nowhere.warnings.filter((text) => text.startsWith('no captures in '))).toHaveLength(1);

    const folder = captures();
    const file = join(folder, 'tiny/secretmem/trace.txt.gz');
    const lines = gunzipSync(readFileSync(file)).toString().split('\n');
    writeFileSync(file, gzipSync(lines.toSpliced(30, 0, 'CPU:0 [LOST 5 EVENTS]').join('\n')));
    const { warnings, replays } = await job(folder, /^tiny\//);
    expect(warnings).toContain('tiny/secretmem: events were lost at line 31 of its trace');
    expect(replays).toHaveLength(1);
  });
});
