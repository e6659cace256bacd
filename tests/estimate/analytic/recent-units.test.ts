import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recentUnits } from '../../../src/estimate/analytic/recent-units.js';

const pages = fc.array(fc.nat(40), { maxLength: 400 });
const shape = fc.record({ sets: fc.constantFrom(1, 2, 8), ways: fc.integer({ min: 1, max: 6 }) });

/** The slow, obvious way: a list a set, the newest at its end. */
function kept(units: readonly number[], sets: number, ways: number, movesOnHit: boolean): boolean[] {
  const lists: number[][] = Array.from({ length: sets }, () => []);
  return units.map((unit) => {
    const list = lists[unit % sets] as number[];
    const at = list.indexOf(unit);
    if (at >= 0 && !movesOnHit) return true;
    if (at >= 0) list.splice(at, 1);
    else if (list.length === ways) list.shift();
    list.push(unit);
    return at >= 0;
  });
}

describe.each([
  ['LRU', true],
  ['FIFO', false],
])('%s', (_, movesOnHit) => {
  it('keeps in each set what a list would', () => {
    fc.assert(
      fc.property(pages, shape, (units, { sets, ways }) => {
        const recent = recentUnits(sets * ways, ways, movesOnHit);
        // Neighbours differ in one half or in the other.
        const found = units.map((unit) => recent.touch((unit % 7) << 12, ~Math.floor(unit / 7), unit % sets));
        expect(found).toEqual(kept(units, sets, ways, movesOnHit));
      }),
    );
  });
});

it('tells without touching', () => {
  for (const ways of [2, 4]) {
    const recent = recentUnits(4, ways, true);
    expect(recent.has(4096, -1, 0)).toBe(false);
    recent.touch(4096, -1, 0);
    recent.touch(8192, -1, 0);
    expect(recent.has(4096, -1, 0)).toBe(true);
    for (let unit = 3; unit < 2 + ways; unit++) recent.touch(unit * 4096, -1, 0);
    expect(recent.has(4096, -1, 0)).toBe(false);
  }
});
