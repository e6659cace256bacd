// What linmap tlb prints with --json, strictly: a field that is not here does not exist.
import { z } from 'zod';

const count = z.int().min(0);
const rate = z.number().min(0);
const points = z.number().nullable();

export const levelAnswer = z.strictObject({
  simulatedMisses: count,
  stackMisses: count.nullable(),
  stackPoints: points,
  noStackAnswer: z.string().nullable(),
  fullyAssociativeMisses: rate.nullable(),
  binomialMisses: rate.nullable(),
  closedForm: z.enum(['uniform', 'cyclic', 'Zipf']).nullable(),
  closedFormMisses: rate.nullable(),
  closedFormPoints: points,
  noClosedForm: z.string().nullable(),
});

export const configuration = z.strictObject({
  id: z.string(),
  title: z.string(),
  accesses: count,
  l1Misses: count,
  l2Misses: count,
  walks: count,
  merged: count,
  linesFetched: z.strictObject({ l2: count, system: count, dram: count }),
  lookupCycles: count,
  walkCycles: count,
  stallCycles: count,
  faults: count,
  mpki: z.strictObject({ linearMap: rate, kernel: rate, total: rate }).nullable(),
  walkCyclesPer1000Instructions: rate.nullable(),
  exposedCyclesPer1000Instructions: z.strictObject({ low: rate, typical: rate, high: rate }).nullable(),
  coldMisses: count,
  dataL2Misses: count,
  lruMisses: count,
  pointsOverLru: points,
  analytic: z.strictObject({ dataAccesses: count, l1: levelAnswer, l2: levelAnswer }),
  curve: z.array(z.strictObject({ entries: count, missRatio: z.number().min(0).max(1) })),
  reachBytes: count,
});

export const tlbDocument = z.strictObject({
  schema: z.literal('linmap.tlb/1'),
  core: z.string(),
  machine: z.string(),
  stream: z.strictObject({
    name: z.string().optional(),
    seed: count.optional(),
    file: z.string().optional(),
    accesses: count,
    accessesByClass: z.strictObject({
      linearMap: count,
      otherKernel: count,
      user: count,
      instruction: count,
    }),
    instructions: count.nullable(),
  }),
  configurations: z.array(configuration),
});
