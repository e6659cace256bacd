import { z } from 'zod';
import { addressField, sizeField } from '../io/json-fields.js';

// `linmap.machine/1` as it is written. Captures have every field; in a hand-written description
// only the geometry and the memory must be there.

const physicalField = addressField.refine((address) => address >= 0, 'a physical address');

const midrField = addressField.refine((midr) => midr >= 0 && midr < 2 ** 32, 'MIDR_EL1, 32 bits in hex');

const bankSchema = z.strictObject({
  start: physicalField,
  size: sizeField,
  flags: z.string().optional(),
});

const imageSchema = z.strictObject({
  text: physicalField,
  stext: physicalField,
  startRodata: physicalField,
  initBegin: physicalField,
  initEnd: physicalField,
  bssStop: physicalField,
});

const factSchema = z.strictObject({
  kind: z.enum(['read', 'derived', 'assumed', 'given']),
  from: z.string(),
});

export const machineSchema = z.strictObject({
  schema: z.literal('linmap.machine/1'),
  name: z.string().optional(),
  kernel: z.string().optional(),
  commandLine: z.string().optional(),
  source: z.string().optional(),
  granule: z.literal([4096, 16384, 65536]),
  vaBits: z.int(),
  vaBitsBuild: z.int().optional(),
  lpa2: z.boolean().optional(),
  nonGlobal: z.boolean().optional(),
  pageOffset: addressField.optional(),
  pageEnd: addressField.optional(),
  // Kernels up to 6.16 may move memory up in the linear map by so much that this is below 0.
  physOffset: addressField.optional(),
  rodataFull: z.boolean().optional(),
  bbml2: z.boolean().optional(),
  midr: midrField.nullish(),
  bbml2AllCpus: z.boolean().optional(),
  linearMapRequiresBbml2: z.boolean().nullish(),
  kfenceObjects: z.int().min(0).max(65535).nullish(),
  kfenceEarlyInit: z.boolean().nullish(),
  kfencePool: z.strictObject({ start: physicalField, size: sizeField }).nullish(),
  memory: z.array(bankSchema).min(1),
  image: imageSchema.nullish(),
  debugPagealloc: z.boolean().optional(),
  memTotalKiB: z.int().min(0).nullish(),
  /** Where fields are from, for people: nothing is computed from it. */
  facts: z.record(z.string(), factSchema).optional(),
});

/** A description as written, its addresses and sizes read. */
export type MachineDescription = z.output<typeof machineSchema>;
