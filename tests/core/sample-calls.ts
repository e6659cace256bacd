/** Random calls on a machine: near its edges, in units of its leaves, and sometimes not even whole pages. */
import fc from 'fast-check';
import type { Permission } from '../../src/core/core.js';
import { contiguousSpan, type Geometry, pudSpan, spanOf } from '../model/geometry.js';
import { geometryOfMachine, type ModelMachine } from '../model/machine.js';
import type { Call } from './calls.js';
import { landmarks } from './sample-machines.js';

/** A call before it is known what it is made on. */
const draft = fc.record({
  kind: fc.constantFrom<Call['kind'] | 'change'>(
    'change',
    'change',
    'change',
    'change',
    'split',
    'splitToPages',
    'kfencePool',
  ),
  permission: fc.nat(),
  flush: fc.boolean(),
  landmark: fc.nat(30),
  /** Where from there, in units. */
  unit: fc.constantFrom(0, 0, 1, 2, 3),
  steps: fc.integer({ min: -20, max: 20 }),
  pages: fc.oneof(fc.constant(0), fc.integer({ min: -20, max: 20 })),
  sizeUnit: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
  sizeSteps: fc.constantFrom(0, 1, 1, 1, 1, 2, 3, 15, 16, 17, 33),
  sizePages: fc.constantFrom(0, 0, 0, 1, -1, 5),
  startBytes: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4095 }) },
  ),
  sizeBytes: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4095 }) },
  ),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

const REALM: readonly Permission[] = ['decrypted', 'encrypted'];
const ALIAS: readonly Permission[] = ['ro', 'ro', 'rw', 'invalid', 'valid', 'default'];
const ALL: readonly Permission[] = [...ALIAS, 'nx', 'x'];

/** Sequences of calls, to be made definite with `callOn()`. */
export function sampleDrafts(maxLength: number): fc.Arbitrary<Draft[]> {
  return fc.array(draft, { minLength: 1, maxLength });
}

/** `aliasOnly`: only what the kernel asks of the linear map itself, and whole pages. */
export function callOn(machine: ModelMachine, wish: Draft, aliasOnly = false): Call {
  const g = geometryOfMachine(machine);
  const units = [g.granule, contiguousSpan(g, 3), spanOf(g, 2), contiguousSpan(g, 2), pudSpan(g)];
  const marks = landmarks(machine);
  const mark = marks[wish.landmark % marks.length] ?? g.pageOffset;
  const odd = aliasOnly ? { start: 0, size: 0 } : { start: wish.startBytes, size: wish.sizeBytes };
  const place = mark + wish.steps * (units[wish.unit] ?? 0) + wish.pages * g.granule + odd.start;
  const start = Math.min(Math.max(place, g.pageOffset), g.pageEnd - g.granule);
  const wanted = wish.sizeSteps * (units[wish.sizeUnit] ?? 0) + wish.sizePages * g.granule + odd.size;
  const most =
    wish.kind === 'splitToPages' || wish.kind === 'kfencePool' ? mostToPages(g) : Number.POSITIVE_INFINITY;
  const size = Math.max(0, Math.min(wanted, most, g.pageEnd - start));
  if (wish.kind !== 'change') return { kind: wish.kind, start, size };
  const known = aliasOnly ? ALIAS : machine.realmIpaBits === null ? ALL : [...ALL, ...REALM];
  const permission = known[wish.permission % known.length] ?? 'ro';
  return { kind: 'change', permission, flush: wish.flush, start, size };
}

/** Splitting all the way makes more pages than the model can stand. */
function mostToPages(g: Geometry): number {
  return g.granule === 4096 ? 3 * spanOf(g, 2) : 40 * g.granule;
}
