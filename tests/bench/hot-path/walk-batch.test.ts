import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Core, type Permission } from '../../../src/core/core.js';
import { OperationList } from '../../../src/core/operations.js';
import { type Address, highWord, lowWord } from '../../../src/io/address.js';
import { bootLinearMap, linearVa } from '../../../src/kernel/boot.js';
import type { Machine } from '../../../src/machine/machine.js';
import { describeMachine } from '../../../src/machine/synthetic.js';
import { GRANULES, type Granule, pageEndOf, pageOffsetOf, vaBitsOf } from '../../../src/machine/va-layout.js';

const GEOMETRIES = GRANULES.flatMap((granule) =>
  vaBitsOf(granule).map((vaBits): [Granule, number] => [granule, vaBits]),
);
const CAPACITY = 1024;
const PERMISSIONS: readonly Permission[] = ['ro', 'rw', 'nx', 'invalid', 'valid'];

const core = new Core();

/** A machine of a size that may end anywhere, with physical memory low or at the top of what the format holds. */
function machineOf(granule: Granule, vaBits: number, choice: Choice): Machine {
  const region = pageEndOf(granule, vaBits) - pageOffsetOf(vaBits);
  const size = 2 ** Math.floor(30 + choice.log * Math.max(0, Math.log2(region) - 31));
  const memory = Math.min(region / 2, size) - Math.floor(choice.ragged * 4096) * granule;
  const high = vaBits === 52 ? 2 ** 52 : 2 ** 48;
  // The top of the physical addresses, down to a multiple of every alignment of memory's start.
  const base = choice.highMemory ? high - 2 * size - (high % size) : 0;
  return describeMachine({
    granule,
    vaBits,
    memory: Math.max(granule, memory),
    base,
    bbml2: choice.blocks,
    image: false,
  });
}

interface Choice {
  readonly log: number;
  readonly ragged: number;
  readonly highMemory: boolean;
  readonly blocks: boolean;
  readonly stored: boolean;
  readonly changes: readonly { at: number; pages: number; permission: Permission }[];
  readonly walks: readonly number[];
}

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const choices = fc.record<Choice>({
  log: unit,
  ragged: fc.oneof(fc.constant(0), unit),
  highMemory: fc.boolean(),
  blocks: fc.boolean(),
  stored: fc.boolean(),
  changes: fc.array(
    fc.record({
      at: unit,
      pages: fc.integer({ min: 1, max: 600 }),
      permission: fc.constantFrom(...PERMISSIONS),
    }),
    { maxLength: 8 },
  ),
  walks: fc.array(unit, { minLength: 1, maxLength: CAPACITY, size: 'max' }),
});

function boot(machine: Machine, choice: Choice): void {
  // A stored map of pages is as large as memory / 512: only small ones are stored.
  const tablesFit = choice.blocks || (machine.memory[0]?.size ?? 0) <= 2 ** 35;
  bootLinearMap(core, machine, 'mapped', { storeUniformTables: choice.stored && tablesFit });
}

/** An address in the mapped range, its neighbours, or anywhere in twice its size. */
function addressIn(machine: Machine, at: number, reach: number): Address {
  const { start, size } = machine.memory[0] as { start: number; size: number };
  const bytes = Math.floor(at * reach * size);
  return Math.min(linearVa(machine, start) + bytes, machine.pageEnd - 1);
}

function change(machine: Machine, choice: Choice): void {
  const list = new OperationList();
  for (const { at, pages, permission } of choice.changes) {
    const va = Math.floor(addressIn(machine, at, 1) / machine.granule) * machine.granule;
    const { start, size } = machine.memory[0] as { start: number; size: number };
    const end = Math.min(va + pages * machine.granule, linearVa(machine, start + size));
    list.push(core.operation.change, 0, va, end - va, core.permission(permission));
  }
  core.run(list);
}

const WALKS = ['walkBatch', 'walkEach'] as const;

/** What the core's walkBatch() or walkEach() says of the addresses, as words, and how many translations it found. */
function walks(
  how: (typeof WALKS)[number],
  addresses: readonly Address[],
): { found: number; packed: bigint[] } {
  const from = core.raw.walkBuffer();
  const to = from + 8 * CAPACITY;
  const words = new Uint32Array(core.raw.memory.buffer, from, 2 * addresses.length);
  addresses.forEach((va, i) => {
    words[2 * i] = lowWord(va);
    words[2 * i + 1] = highWord(va);
  });
  const found = core.raw[how](from, to, addresses.length);
  return { found, packed: [...new BigUint64Array(core.raw.memory.buffer, to, addresses.length)] };
}

function packedByWalk(va: Address): bigint {
  // WALK_NONE is below every level.
  if (core.raw.walk(va) < core.geometry.rootLevel) return 0n;
  const translation = core.walk(va);
  if (!translation?.valid) return 0n;
  return BigInt(translation.pa) | (BigInt(Math.log2(translation.leafBytes)) << 56n);
}

describe.each(WALKS)('%s()', (how) => {
  it.each(GEOMETRIES)(
    'agrees with walk() on random machines of granule %i and %i bits',
    (granule, vaBits) => {
      fc.assert(
        fc.property(choices, (choice) => {
          const machine = machineOf(granule, vaBits, choice);
          boot(machine, choice);
          change(machine, choice);
          const addresses = [
            ...choice.walks.map((at, i) => addressIn(machine, at, i % 8 === 0 ? 2 : 1)),
            ...choice.changes.map(({ at }) => addressIn(machine, at, 1)),
          ].slice(0, CAPACITY);
          const expected = addresses.map(packedByWalk);
          const { found, packed } = walks(how, addresses);
          expect(packed).toEqual(expected);
          expect(found).toBe(expected.filter((word) => word !== 0n).length);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('translates every address of a batch of any length, and touches no result beyond', () => {
    const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 2 ** 31 });
    bootLinearMap(core, machine, 'mapped', { storeUniformTables: true });
    const results = new BigUint64Array(
      core.raw.memory.buffer,
      core.raw.walkBuffer() + 8 * CAPACITY,
      CAPACITY,
    );
    for (const n of [0, 1, 7, 8, 9, 255, 256, 257, 1023, 1024]) {
      results.fill(~0n);
      const addresses = Array.from({ length: n }, (_, i) => machine.pageOffset + i * 4099);
      expect(walks(how, addresses).packed).toEqual(addresses.map(packedByWalk));
      expect(results.subarray(n).every((word) => word === 2n ** 64n - 1n)).toBe(true);
    }
  });
});
