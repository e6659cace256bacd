// The documents that --json prints, strictly: a field that is not here does not exist.
import { z } from 'zod';

const count = z.int().min(0);
const address = z.string().regex(/^0x[0-9a-f]{1,16}$/);
const leaves = z.strictObject({ pud: count, pmdCont: count, pmd: count, pteCont: count, pte: count });
const tables = z.strictObject({ p4d: count, pud: count, pmd: count, pte: count });

const difference = z.strictObject({
  va: address,
  level: z.int().min(-1).max(3),
  expected: z.string().nullable(),
  actual: z.string().nullable(),
});

const counters = z.strictObject({
  calls: count,
  descriptorReads: count,
  descriptorWrites: count,
  tablesAllocated: tables,
  splits: z.strictObject({
    pudToContPmd: count,
    pudToPmd: count,
    contPmd: count,
    pmdToContPte: count,
    pmdToPte: count,
    contPte: count,
  }),
  tlbi: z.strictObject({ single: count, range: count, all: count }),
  dsbIshst: count,
  dsbIsh: count,
  isb: count,
  boundaries: count,
});

const mapState = z.strictObject({ leaves, leafBytes: leaves, tables, tableBytes: count });
const nanoseconds = z.number().min(0);
const cost = {
  counters,
  timeNs: z.strictObject({ low: nanoseconds, typical: nanoseconds, high: nanoseconds }),
};
const origin = z.enum(['read', 'rebuilt', 'built']);

const claim = z.strictObject({
  checked: z.boolean(),
  against: z.array(z.string()),
  weakened: z.boolean(),
  lostEvents: count.nullable(),
  before: origin,
  after: origin.nullable(),
  assumed: z.array(z.string()),
  text: z.array(z.string()).min(1),
});

const rest = z.strictObject({ count: z.int().min(1), ...cost }).nullable();
const askedBy = z.strictObject({
  callers: z.strictObject({
    count,
    top: z.array(
      z.strictObject({
        function: z.string(),
        from: z.array(z.string()).max(3),
        purpose: z.string().nullable(),
        ...cost,
      }),
    ),
    rest,
  }),
  tasks: z.strictObject({
    count,
    top: z.array(z.strictObject({ task: z.string(), comm: z.string(), pid: count.nullable(), ...cost })),
    rest,
  }),
});

const timeline = z.strictObject({
  unit: z.enum(['seconds', 'events']),
  start: z.number().nullable(),
  points: z.array(
    z.strictObject({
      at: z.number().min(0),
      calls: count,
      leafBytes: leaves,
      tables: count,
      tableBytes: count,
      readOnlyBytes: count,
      invalidBytes: count,
      splits: count,
      tablesAllocated: count,
      tlbi: count,
    }),
  ),
  markers: z.array(z.strictObject({ at: z.number().min(0), name: z.string() })),
});

export const replayDocument = z.strictObject({
  schema: z.literal('linmap.replay/1'),
  machine: z.string(),
  scenario: z.string(),
  strategy: z.string().nullable(),
  granule: z.literal([4096, 16384, 65536]),
  vaBits: z.int(),
  events: count,
  lostEventLines: z.array(count),
  applied: count,
  equal: z.boolean().nullable(),
  differences: z.array(difference).max(20),
  differenceCount: count,
  permissionsEqual: z.boolean().nullable(),
  permissionDifferenceBytes: count.nullable(),
  snapshots: z.array(z.strictObject({ name: z.string(), equal: z.boolean(), differenceCount: count })),
  uncompared: z.array(z.string()),
  counters,
  traceCounters: z
    .strictObject({
      splits: z
        .strictObject({ pudToContPmd: count, pudToPmd: count, pmdToContPte: count, pmdToPte: count })
        .nullable(),
      tablesAllocated: z.strictObject({ pmd: count, pte: count }).nullable(),
      boundaries: count.nullable(),
      returns: count.nullable(),
      agrees: z.boolean(),
      disagreements: z.array(z.strictObject({ line: count, text: z.string() })),
    })
    .nullable(),
  leavesBefore: leaves,
  leavesAfter: leaves,
  leafBytesBefore: leaves,
  leafBytesAfter: leaves,
  tablesBefore: tables,
  tablesAfter: tables,
  tableBytesBefore: count,
  tableBytesAfter: count,
  // Of what the kernel did; not with a strategy.
  claim: claim.optional(),
  askedBy: askedBy.optional(),
  strategies: z
    .array(
      z.strictObject({
        strategy: z.string(),
        permissionsEqual: z.boolean(),
        counters,
        before: mapState,
        after: mapState,
      }),
    )
    .optional(),
  timeline: timeline.optional(),
  warnings: z.array(z.string()),
});

const exactComparison = z.strictObject({
  file: z.string(),
  equal: z.boolean(),
  differenceCount: count,
  differences: z.array(difference).max(20),
});

const explainedComparison = z.strictObject({
  file: z.string(),
  explained: count,
  unexplained: count,
  findings: z.array(
    z.strictObject({
      va: address,
      bytes: count,
      kind: z.enum(['finer leaves', 'read-only', 'invalid', 'unexplained']),
      text: z.string(),
    }),
  ),
});

export const mapDocument = z.strictObject({
  schema: z.literal('linmap.mapSummary/1'),
  name: z.string(),
  granule: z.literal([4096, 16384, 65536]),
  vaBits: z.int(),
  memoryBytes: count,
  rodata: z.enum(['full', 'on', 'off']),
  rodataSince618: z.enum(['on', 'noalias', 'off']),
  bbml2: z.boolean(),
  bbml2AllCpus: z.boolean(),
  stage: z.enum(['mapped', 'repainted', 'final']),
  tables,
  tableBytes: count,
  leaves,
  leafBytes: leaves,
  comparison: z.union([exactComparison, explainedComparison]).nullable(),
});
