import { beforeEach, describe, expect, it } from 'vitest';
import { Core } from '../../../src/core/core.js';
import { OperationList } from '../../../src/core/operations.js';
import { LeafUnits } from '../../../src/estimate/analytic/leaf-units.js';
import { bootLinearMap, linearVa } from '../../../src/kernel/boot.js';
import { describeMachine } from '../../../src/machine/synthetic.js';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const PLAIN = { mergesContiguous: false, aggregation: 1 };
const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 4 * GIB + 96 * MIB, bbml2: true });
const core = new Core();

beforeEach(() => {
  bootLinearMap(core, machine, 'final');
});

/** The unit of a PA's linear-map word, as an offset in PA. */
function unitOf(pa: number, units: LeafUnits): number {
  const word = BigInt.asUintN(64, BigInt(linearVa(machine, pa)));
  const [named] = [...units.of(BigUint64Array.of(word))];
  return Number((named?.[0] ?? 0n) - BigInt.asUintN(64, BigInt(linearVa(machine, 0))));
}

describe('the unit of an access', () => {
  it('is the leaf', () => {
    const units = new LeafUnits(core, PLAIN);
    expect(unitOf(3 * GIB + 5 * MIB, units)).toBe(3 * GIB);
    expect(unitOf(4 * GIB + 35 * MIB, units)).toBe(4 * GIB + 34 * MIB);
  });

  it('is the contiguous group where the core merges it', () => {
    const units = new LeafUnits(core, { ...PLAIN, mergesContiguous: true });
    expect(unitOf(4 * GIB + 35 * MIB, units)).toBe(4 * GIB + 32 * MIB);
  });

  it('is the largest piece that an entry holds', () => {
    const units = new LeafUnits(core, { ...PLAIN, mergesContiguous: true }, [
      4 * KIB,
      64 * KIB,
      2 * MIB,
      512 * MIB,
    ]);
    expect(unitOf(3 * GIB + 700 * MIB, units)).toBe(3 * GIB + 512 * MIB);
    expect(unitOf(4 * GIB + 35 * MIB, units)).toBe(4 * GIB + 34 * MIB);
  });

  it('follows a split', () => {
    const list = new OperationList();
    list.push(core.operation.split, 0, linearVa(machine, GIB + MIB), 4 * KIB);
    core.run(list);
    expect(list.firstError()).toBe(0);
    expect(unitOf(GIB + MIB, new LeafUnits(core, PLAIN))).toBe(GIB + MIB);
    expect(unitOf(GIB + 3 * MIB, new LeafUnits(core, PLAIN))).toBe(GIB + 2 * MIB);
  });
});

it('an access without a leaf is left out, and the others keep class and order', () => {
  const va = (pa: number) => BigInt.asUintN(64, BigInt(linearVa(machine, pa)));
  const words = [va(5 * GIB), va(GIB + MIB) | 1n, 0x1000n | 4n, va(MIB)];
  const named = [...new LeafUnits(core, PLAIN).of(BigUint64Array.from(words))].flatMap((chunk) => [...chunk]);
  expect(named).toEqual([va(GIB) | 1n, 0x1000n | 4n, va(0)]);
});
