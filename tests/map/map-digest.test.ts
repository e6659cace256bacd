/** The digest of a map: the same for the same map however it came about, another for every other map. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Core, type Permission } from '../../src/core/core.js';
import { OperationList } from '../../src/core/operations.js';
import { bootLinearMap, resetToMachine } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { loadMap, readMap } from '../../src/map/core-map.js';
import { mapDigest } from '../../src/map/map-digest.js';

const PAGE = 4096;
const PAGES = 2 ** 18;
const [pagesMachine, blocksMachine] = [false, true].map((bbml2) =>
  describeMachine({ granule: PAGE, vaBits: 48, memory: PAGES * PAGE, rodata: 'full', bbml2 }),
) as [ReturnType<typeof describeMachine>, ReturnType<typeof describeMachine>];

interface Change {
  first: number;
  pages: number;
  permission: Permission;
}

const changes = fc.array(
  fc.record<Change>({
    first: fc.nat(PAGES - 2049),
    pages: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom(16, 512, 2048)),
    permission: fc.constantFrom('ro', 'rw', 'invalid', 'default'),
  }),
  { maxLength: 4 },
);

function changed(bbml2: boolean, list: readonly Change[], storeUniformTables = false): Core {
  const core = new Core();
  const machine = bbml2 ? blocksMachine : pagesMachine;
  bootLinearMap(core, machine, 'final', { storeUniformTables });
  const operations = new OperationList();
  for (const { first, pages, permission } of list) {
    const masks = core.permission(permission);
    const start = machine.pageOffset + first * PAGE;
    operations.push(core.operation.change, 0, start, pages * PAGE, masks);
  }
  core.run(operations);
  return core;
}

const text = (core: Core) => JSON.stringify(readMap(core), (_, v) => (typeof v === 'bigint' ? `${v}` : v));

describe('mapDigest', () => {
  it('is 16 hex digits, of tables stored or not', () => {
    const stored = changed(false, [], true);
    const unstored = changed(false, []);
    expect(stored.raw.storedBytes()).toBeGreaterThan(unstored.raw.storedBytes());
    expect(mapDigest(stored)).toMatch(/^[0-9a-f]{16}$/);
    expect(mapDigest(stored)).toBe(mapDigest(unstored));
  });

  it('is that of the map read out and loaded again, after any changes', () => {
    fc.assert(
      fc.property(fc.boolean(), changes, (bbml2, list) => {
        const core = changed(bbml2, list);
        const again = new Core();
        resetToMachine(again, bbml2 ? blocksMachine : pagesMachine);
        loadMap(again, readMap(core));
        expect(mapDigest(again)).toBe(mapDigest(core));
      }),
      { numRuns: 30 },
    );
  });

  it('is equal for two maps exactly where their descriptors are', () => {
    fc.assert(
      fc.property(fc.boolean(), changes, changes, (bbml2, some, more) => {
        const [one, other] = [changed(bbml2, some), changed(bbml2, [...some, ...more])];
        expect(mapDigest(one) === mapDigest(other)).toBe(text(one) === text(other));
      }),
      { numRuns: 30 },
    );
  });

  it('leaves out the attributes that do not count', () => {
    const readOnly = changed(false, [{ first: 5, pages: 1, permission: 'ro' }]);
    const plain = changed(false, []);
    expect(mapDigest(readOnly)).not.toBe(mapDigest(plain));
    expect(mapDigest(readOnly, plain.bits.valid)).toBe(mapDigest(plain, plain.bits.valid));
    const invalid = changed(false, [{ first: 5, pages: 1, permission: 'invalid' }]);
    expect(mapDigest(invalid, plain.bits.valid)).not.toBe(mapDigest(plain, plain.bits.valid));
  });
});
