import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDifference } from '../../../bench/hot-path/twin/agreement.js';
import { bitsOfCore } from '../../../bench/hot-path/twin/bits.js';
import { mapRange } from '../../../bench/hot-path/twin/build.js';
import { changeRange } from '../../../bench/hot-path/twin/change.js';
import { twinMasks } from '../../../bench/hot-path/twin/fill.js';
import { TwinMap } from '../../../bench/hot-path/twin/linear-map.js';
import { splitLeafMapping } from '../../../bench/hot-path/twin/split.js';
import { Core, type Permission } from '../../../src/core/core.js';
import { OperationList } from '../../../src/core/operations.js';

const PAGE = 4096;
const PAGE_OFFSET = -(2 ** 48);
const PAGE_END = -(2 ** 47);
/** Where the random maps begin: a little below the end of the first 512 GiB, so that every level is crossed. */
const ORIGIN = 2 ** 27 - 2 ** 18;
const SPAN = 2 ** 20;

const core = new Core();
const bits = bitsOfCore(core);
const map = new TwinMap(bits, 4096);

function reset(): void {
  core.reset(PAGE, 48, PAGE_END, { requiresBbml2: true, hasBbml2: true, capsFinal: true, lazyMmu: true });
  map.reset();
}

function mapBoth(page: number, frame: number, pages: number, noBlock: boolean, noCont: boolean): void {
  const va = PAGE_OFFSET + page * PAGE;
  core.mapRange(frame * PAGE, va, pages * PAGE, 'kernelTagged', { noBlock, noCont, noExec: true });
  mapRange(map, frame, page, pages, { noBlock, noCont });
}

function splitBoth(page: number, pages: number): void {
  const list = new OperationList();
  list.push(core.operation.split, 0, PAGE_OFFSET + page * PAGE, pages * PAGE);
  core.run(list);
  expect(list.firstError()).toBe(0);
  splitLeafMapping(map, page, pages);
}

function changeBoth(page: number, pages: number, permission: Permission): void {
  const masks = core.permission(permission);
  const list = new OperationList();
  list.push(core.operation.change, core.operation.noFlush, PAGE_OFFSET + page * PAGE, pages * PAGE, masks);
  core.run(list);
  expect(list.firstError()).toBe(0);
  splitLeafMapping(map, page, pages);
  changeRange(map, page, pages, twinMasks(masks));
}

/** Pages near the round numbers at which leaves end, and any others. */
const offset = fc
  .tuple(fc.constantFrom(1, 16, 512, 8192, 2 ** 18), fc.nat(SPAN), fc.integer({ min: -2, max: 2 }))
  .map(([unit, page, near]) => Math.min(Math.max(Math.floor(page / unit) * unit + near, 0), SPAN - 1));
const range = fc
  .tuple(offset, fc.oneof(fc.constant(1), fc.constant(512), fc.integer({ min: 1, max: 20000 })))
  .map(([start, pages]) => ({ page: ORIGIN + start, pages: Math.min(pages, SPAN - start) }));
const permission = fc.constantFrom<Permission>('ro', 'rw', 'nx', 'x', 'valid', 'invalid');
const step = fc.oneof(
  fc.record({ kind: fc.constant('split' as const), range }),
  fc.record({ kind: fc.constant('change' as const), range, permission }),
);

describe('the twin in plain TypeScript', () => {
  it.each([
    ['blocks and groups', false, false],
    ['blocks without groups', false, true],
    ['contiguous pages', true, false],
    ['pages', true, true],
  ])('maps random ranges as the core does: %s', (_, noBlock, noCont) => {
    const shift = fc.constantFrom(0, 1, 16, 512, 8192, 2 ** 18);
    const piece = fc.record({ gap: offset, pages: fc.integer({ min: 1, max: 2 ** 17 }), shift });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
        reset();
        let end = ORIGIN;
        for (const { gap, pages, shift } of pieces) {
          const page = end + gap;
          mapBoth(page, page + shift, pages, noBlock, noCont);
          end = page + pages;
        }
        expect(firstDifference(core, map)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['blocks', false, false],
    ['contiguous pages', true, false],
    ['pages', true, true],
  ])(
    'leaves the descriptors and counts of the core after random splits and changes of %s',
    (_, noBlock, noCont) => {
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
          reset();
          mapBoth(ORIGIN, ORIGIN, SPAN, noBlock, noCont);
          for (const step of steps) {
            if (step.kind === 'split') splitBoth(step.range.page, step.range.pages);
            else changeBoth(step.range.page, step.range.pages, step.permission);
          }
          expect(firstDifference(core, map)).toBeNull();
        }),
        { numRuns: 60 },
      );
    },
  );

  it('writes the same leaves again where the range is mapped already', () => {
    reset();
    for (const _ of [1, 2]) mapBoth(ORIGIN + 5, ORIGIN + 5, SPAN, false, false);
    expect(firstDifference(core, map)).toBeNull();
  });

  it('maps frames above 4 GiB, where the address goes on in the high half', () => {
    reset();
    mapBoth(2 ** 18, 2 ** 29, 2 ** 20, false, false);
    mapBoth(2 ** 24, 2 ** 28 + 1, 2 ** 13, false, false);
    expect(firstDifference(core, map)).toBeNull();
  });

  it('names the first descriptor that differs', () => {
    reset();
    mapBoth(0, 0, 512, false, false);
    map.words[map.words.findIndex((word) => word !== 0)] = 0;
    expect(firstDifference(core, map)).toMatch(
      /^1 tables of level 0 at 0xffff000000000000 .* nothing in TypeScript$/,
    );
  });

  it('says how many tables it has room for when they run out', () => {
    const small = new TwinMap(bits, 2);
    small.allocate(true);
    expect(() => small.allocate(true)).toThrow('the twin has room for 2 tables');
  });

  it('refuses to change a part of a block', () => {
    reset();
    mapBoth(0, 0, 512, false, false);
    expect(() => changeRange(map, 1, 1, twinMasks(core.permission('ro')))).toThrow(RangeError);
  });
});
