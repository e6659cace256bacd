import { z } from 'zod';
import { CORE_SCHEMA, type EntrySizes, POLICIES, WALK_CACHES } from './core-model.js';
import { KINDS } from './fact.js';

// `linmap.core/1` as it is written. Nothing is optional: a value nobody knows is assumed, and says so.

const SMALLEST = 4096;
const LARGEST = 2 ** 42;

const words = (expected: string) => z.string().refine((text) => text.trim() !== '', expected);

const fact = <T extends z.ZodType>(value: T) =>
  z.strictObject({ value, kind: z.enum(KINDS), source: words('where the value comes from, in words') });

const cycles = fact(z.int().min(0).max(1_000_000));
const entries = fact(z.int().min(1).max(65536));
const ways = fact(z.int().min(1).max(4096));

const sizes = z.custom<EntrySizes>(
  isEntrySizes,
  '"any" or a list of sizes in bytes: powers of two, ascending, from 4096',
);

const tlb = z.strictObject({
  entries,
  ways,
  policy: fact(z.enum(POLICIES)),
  sizes: fact(sizes),
});

const walkCache = z.strictObject({
  kind: fact(z.enum(WALK_CACHES)),
  entries: fact(z.int().min(0).max(65536)),
  ways: fact(z.int().min(0).max(4096)),
  levels: fact(
    z.custom<readonly number[]>(
      isTableLevels,
      'a list of levels that hold tables, ascending, of -1, 0, 1, 2',
    ),
  ),
  cycles,
});

const lineCache = z.strictObject({
  bytes: fact(
    z
      .int()
      .min(64)
      .max(2 ** 32),
  ),
  ways: fact(z.int().min(1).max(1024)),
  cycles,
});

export const coreSchema = z.strictObject({
  schema: z.literal(CORE_SCHEMA),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'a name of lower-case letters, digits and hyphens' }),
  title: words('a title'),
  ghz: fact(z.number().min(0.01).max(100)),
  l1Data: tlb,
  l1Instruction: tlb,
  // Either `unified`, or `data` and `instruction`: checked after reading, so that errors inside name their place.
  l2: z.strictObject({ unified: tlb.optional(), data: tlb.optional(), instruction: tlb.optional() }),
  l2HitCycles: cycles,
  probeCycles: cycles,
  walkCache,
  walkers: fact(z.int().min(1).max(64)),
  cyclesPerAccess: cycles,
  mergesContiguous: fact(z.boolean()),
  aggregation: fact(z.literal([1, 2, 4, 8])),
  lines: z.strictObject({ l2: lineCache, system: lineCache.nullable(), dramCycles: cycles }),
});

/** A core file as written. */
export type CoreDescription = z.output<typeof coreSchema>;

function isEntrySizes(value: unknown): boolean {
  if (value === 'any') return true;
  return Array.isArray(value) && value[0] === SMALLEST && value.every(isPowerOfTwo) && isAscending(value);
}

function isTableLevels(value: unknown): boolean {
  return Array.isArray(value) && value.every((level) => [-1, 0, 1, 2].includes(level)) && isAscending(value);
}

function isPowerOfTwo(value: unknown): boolean {
  return typeof value === 'number' && value <= LARGEST && Number.isInteger(Math.log2(value));
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, at) => at === 0 || value > (values[at - 1] ?? value));
}
