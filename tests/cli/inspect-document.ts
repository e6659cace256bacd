// linmap.inspect/1, strictly: a field that is not here does not exist.
import { z } from 'zod';

const count = z.int().min(0);
const address = z.string().regex(/^0x[0-9a-f]{1,16}$/);
const leafSize = z.enum(['pud', 'pmdCont', 'pmd', 'pteCont', 'pte']);
const leaves = z.strictObject({ pud: count, pmdCont: count, pmd: count, pteCont: count, pte: count });
const tables = z.strictObject({ p4d: count, pud: count, pmd: count, pte: count });
const range = z.strictObject({ va: address, bytes: count.min(1), pa: address.nullable() });
const ranges = z.strictObject({ count, bytes: count, longest: z.array(range) });
const changeKind = z.enum([
  'mapped',
  'unmapped',
  'translation',
  'permission',
  'attributes',
  'finer',
  'coarser',
]);
const face = z.strictObject({ size: leafSize, permission: z.string(), attributes: address }).nullable();

export const inspectDocument = z.strictObject({
  schema: z.literal('linmap.inspect/1'),
  source: z.enum(['map', 'core', 'ptdump']),
  file: z.string(),
  machine: z.string().nullable(),
  granule: z.literal([4096, 16384, 65536]),
  vaBits: z.int(),
  filter: z.strictObject({
    range: z.string().nullable(),
    levels: z.array(leafSize).nullable(),
    permissions: z.array(z.enum(['ro', 'rw', 'valid', 'invalid', 'exec', 'noexec'])).nullable(),
  }),
  bytes: leaves,
  leaves,
  readOnlyLeafBytes: leaves,
  invalidLeafBytes: leaves,
  readOnlyBytes: count,
  invalidBytes: count,
  executableBytes: count,
  tables: tables.nullable(),
  tableBytes: count.nullable(),
  ranges: z.strictObject({ readOnly: ranges, invalid: ranges, executable: ranges }),
  findingCounts: z.array(z.strictObject({ kind: z.string(), count: count.min(1), bytes: count.min(1) })),
  findings: z.array(z.strictObject({ kind: z.string(), va: address, bytes: count.min(1), text: z.string() })),
  steps: z
    .array(
      z.strictObject({
        id: z.enum(['ideal', 'image', 'kfence', 'pages', 'attributes', 'now']),
        text: z.string(),
        bytes: leaves,
        tables,
        tableBytes: count,
      }),
    )
    .nullable(),
  regions: z.strictObject({
    size: count,
    count,
    foldableBytes: count,
    foldableTables: count.nullable(),
    list: z.array(
      z.strictObject({
        va: address,
        pa: address.nullable(),
        tables: count.nullable(),
        bytes: leaves,
        foldableBytes: count,
        foldableTables: count.nullable(),
      }),
    ),
  }),
  against: z
    .strictObject({
      source: z.enum(['map', 'core', 'ptdump']),
      file: z.string(),
      differenceCount: count,
      bytes: z.record(changeKind, count),
      tablesAdded: count.nullable(),
      tablesRemoved: count.nullable(),
      changeCount: count,
      assumed: z.array(z.string()),
      changes: z.array(
        z.strictObject({
          kinds: z.array(changeKind).min(1),
          va: address,
          bytes: count,
          before: face,
          after: face,
        }),
      ),
    })
    .nullable(),
  assumed: z.array(z.string()),
  warnings: z.array(z.string()),
});
