import fc from 'fast-check';
import type { LeafRun, LinearMap, TableDescriptor } from '../../src/map/linear-map.js';

// Small maps of a 4K/48 kernel: a few 2 MiB slots, each a hole, a block or a table of pages, from so
// few different descriptors that two maps agree in many places.

const PAGE = 4096;
const SLOT = 512 * PAGE;
const FIRST_VA = -(2 ** 48);
const FIRST_PA = 2 ** 30;

export const tableBits = 0x1800000000000403n;

const attributes = fc.constantFrom(0xe8000000000700n, 0xf8000000000700n);
/** PA - VA need not be the same everywhere: a captured map may be wrong. */
const shift = fc.constantFrom(0, 0, 0, SLOT);

const pages = fc.record({
  kind: fc.constant('pages' as const),
  bits: fc.constantFrom(tableBits, tableBits, tableBits | 0x800n),
  parts: fc.array(
    fc.record({ attributes: fc.option(attributes), length: fc.integer({ min: 1, max: 200 }), shift }),
    {
      maxLength: 5,
    },
  ),
});
const block = fc.record({ kind: fc.constant('block' as const), attributes, shift });
const hole = fc.record({ kind: fc.constant('hole' as const) });

const slots = fc.array(fc.oneof(block, block, pages, hole), { maxLength: 8 });
type Slot = typeof slots extends fc.Arbitrary<(infer T)[]> ? T : never;

/** A well-formed map, in no particular order and with runs cut arbitrarily. */
export const sampleMap: fc.Arbitrary<LinearMap> = slots.chain((list) => {
  const map = buildMap(list);
  return fc
    .tuple(cutRuns(map.leaves), fc.shuffledSubarray(map.tables, { minLength: map.tables.length }))
    .map(([leaves, tables]) => ({ ...map, leaves, tables }));
});

function buildMap(list: readonly Slot[]): LinearMap {
  const leaves: LeafRun[] = [];
  const tables: TableDescriptor[] = [
    { level: 0, va: FIRST_VA, attributes: tableBits },
    { level: 1, va: FIRST_VA, attributes: tableBits },
  ];
  for (const [index, slot] of list.entries()) {
    const va = FIRST_VA + index * SLOT;
    const pa = FIRST_PA + index * SLOT;
    if (slot.kind === 'block') {
      leaves.push({ level: 2, va, pa: pa + slot.shift, count: 1, attributes: slot.attributes | 5n });
    } else if (slot.kind === 'pages') {
      tables.push({ level: 2, va, attributes: slot.bits });
      leaves.push(...pageRuns(slot.parts, va, pa));
    }
  }
  return { granule: 4096, vaBits: 48, rootLevel: 0, leaves, tables };
}

function pageRuns(
  parts: readonly { attributes: bigint | null; length: number; shift: number }[],
  va: number,
  pa: number,
): LeafRun[] {
  const runs: LeafRun[] = [];
  let page = 0;
  for (const { attributes, length, shift } of parts) {
    const count = Math.min(length, 512 - page);
    const at = page * PAGE;
    if (attributes !== null && count > 0) {
      runs.push({ level: 3, va: va + at, pa: pa + at + shift, count, attributes: attributes | 7n });
    }
    page += count;
  }
  return runs;
}

function cutRuns(runs: readonly LeafRun[]): fc.Arbitrary<LeafRun[]> {
  return fc
    .tuple(...runs.map((run) => fc.integer({ min: 0, max: run.count }).map((cut) => cutRun(run, cut))))
    .chain((pieces) => {
      const flat = pieces.flat();
      return fc.shuffledSubarray(flat, { minLength: flat.length });
    });
}

function cutRun(run: LeafRun, cut: number): LeafRun[] {
  if (cut === 0 || cut === run.count) return [run];
  const bytes = cut * (run.level === 3 ? PAGE : SLOT);
  return [
    { ...run, count: cut },
    { ...run, count: run.count - cut, va: run.va + bytes, pa: run.pa + bytes },
  ];
}
