// Reading the record of a run back, whichever version of linmap wrote it.
import { z } from 'zod';
import { readText } from '../io/file.js';
import { parseJson } from '../io/json.js';
import { RUN_SCHEMA, type Run } from './run.js';

const number = z.number();
const text = z.string();
const list = <T extends z.ZodType>(record: T) => z.array(record).default([]);

/** Checked is what records are told apart and compared by: they carry more, and later ones will carry more still. */
const counters = z.looseObject({ calls: number, descriptorReads: number, descriptorWrites: number });
const mapState = z.looseObject({ leaves: z.record(text, number), tables: z.record(text, number) });
const states = { counters, before: mapState, after: mapState };
const measured = z.looseObject({ median: number, low: number, high: number, samples: number });

const interval = z.looseObject({ median: number, low: number, high: number });
const tlb = z.looseObject({
  core: text,
  stream: z.looseObject({ name: text }),
  configurations: list(z.looseObject({ id: text, accesses: number })),
});
const value = z.union([number, text]).nullable();
const difference = z.looseObject({ name: text, counter: text, old: value, new: value });

/** `linmap.run/1`. What has a default came after the first records of that schema. */
const runSchema = z.looseObject({
  schema: z.literal(RUN_SCHEMA),
  version: text,
  time: z.iso.datetime(),
  commit: z.looseObject({ hash: text, dirty: z.boolean() }).nullable(),
  environment: z.looseObject({
    fingerprint: text.regex(/^[0-9a-z-]+$/i, 'a fingerprint of letters and digits'),
    cpu: text,
    cores: number,
    architecture: text,
    platform: text,
    node: text,
    v8: text,
    loadAverage: number,
    wasm: z.looseObject({ sha256: text, bytes: number }),
  }),
  options: z.looseObject({ quick: z.boolean(), filter: text.nullable() }),
  warnings: list(text),
  replays: list(z.looseObject({ machine: text, scenario: text, ...states })),
  traceStrategies: list(z.looseObject({ machine: text, scenario: text, strategy: text, ...states })),
  comparisons: list(
    z.looseObject({
      granule: number,
      vaBits: number,
      configuration: text,
      workload: text,
      strategy: text,
      ...states,
    }),
  ),
  tableMemory: list(
    z.looseObject({
      granule: number,
      vaBits: number,
      configuration: text,
      memoryBytes: number,
      tableBytes: number,
    }),
  ),
  tlb: list(tlb),
  shortTlb: z.array(tlb).optional(),
  flushes: z
    .array(
      z.looseObject({
        granule: number,
        vaBits: number,
        cpu: text,
        flushes: list(z.looseObject({ pages: number })),
      }),
    )
    .optional(),
  times: list(z.looseObject({})),
  published: list(z.looseObject({})),
  hotPath: list(z.looseObject({ path: text, title: text, implementation: text, nsPerOperation: measured })),
  estimateSpeed: list(z.looseObject({ title: text, operation: text, perSecond: number })),
  native: z
    .looseObject({
      paths: list(z.looseObject({ path: text, title: text, ratio: interval })),
      replays: list(z.looseObject({ title: text, callsPerSecond: measured })),
    })
    .optional(),
  exact: z
    .looseObject({
      repeated: z.looseObject({ cases: number, differences: list(difference) }),
      baseline: z.looseObject({ differences: list(difference) }).optional(),
    })
    .optional(),
  gate: z
    .looseObject({
      judged: z.boolean(),
      reason: text.nullable(),
      reference: z.looseObject({ sha256: text }).nullable(),
      benchmarks: list(z.looseObject({ name: text, verdict: text, ratio: z.looseObject({ ratio: number }) })),
    })
    .optional(),
  elapsedMs: z.looseObject({ total: number, parts: z.record(text, number) }).default({ total: 0, parts: {} }),
});

/**
 * The run that a `run.json` holds, gzipped or not. What an older record lacks is empty.
 * @throws InputError where it is no `linmap.run/1`.
 */
export function readRun(path: string): Run {
  return parseRun(readText(path), path);
}

/** As `readRun`, for a text already read from `file`. */
export function parseRun(json: string, file: string): Run {
  // What is not checked above, such as the numbers of charts, is taken as the linmap that wrote it meant it.
  return parseJson(json, file, runSchema) as unknown as Run;
}
