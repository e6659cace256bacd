/** Changes that no kernel makes: they would move memory or turn one kind of entry into another. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/io/input-error.js';
import { callsOf } from './calls-of.js';
import { HEADER, TraceText } from './trace-text.js';

const VA = '0xffff000013d66000';
const line = HEADER.length + 1;
const update = (words: string) =>
  callsOf(new TraceText().probe('upd', 'update_range_prot', words).toString(), 't');

describe('a change is refused with its line', () => {
  it.each([
    ['set', 'set=0xffffffffffffffff clear=0x0', '0xffffffffffffffff'],
    ['set', 'set=0x1080 clear=0x0', '0x1080'],
    ['clear', 'set=0x0 clear=0x80000000', '0x80000000'],
    ['clear', 'set=0x80 clear=0x2', '0x2'],
    ['clear', 'set=0x80 clear=0x1800000000001', '0x1800000000001'],
  ])('where %s is no mask of attributes: %s', (name, words, found) => {
    expect(() => update(`start=${VA} size=0x1000 ${words}`)).toThrow(InputError);
    expect(() => update(`start=${VA} size=0x1000 ${words}`)).toThrow(
      `t:${line}: expected a mask of attributes, without bits of the address or the type, for "${name}" of upd, found ${found}`,
    );
  });

  it.each([
    ['start', 'start=0x13d66000 size=0x1000', '0x13d66000'],
    ['start', 'start=0x0 size=0x1000', '0x0'],
    ['size', 'start=0xfffffffffffff000 size=0x2000', '0x2000'],
    ['size', `start=${VA} size=0xfffffffffffff000`, '0xfffffffffffff000'],
  ])('where %s is not of the kernel: %s', (name, words, found) => {
    expect(() => update(`${words} set=0x80 clear=0x0`)).toThrow(
      new RegExp(`^t:${line}: expected .* kernel.* for "${name}" of upd, found ${found}$`),
    );
  });

  it('also in the second of two, and for a KFENCE pool', () => {
    const good = `start=${VA} size=0x1000 set=0x80 clear=0x8000000000000`;
    const text = new TraceText().probe('upd', 'update_range_prot', good);
    text.probe('upd', 'update_range_prot', good.replace('set=0x80', 'set=0xffff000'));
    expect(() => callsOf(text.toString(), 't')).toThrow(`t:${line + 1}: expected a mask of attributes`);
    const pool = new TraceText().probe('pool', 'arch_kfence_init_pool', 'pool=0x40000000');
    expect(() => callsOf(pool.toString(), 't')).toThrow(`t:${line}: expected an address of the kernel`);
  });
});

describe('a change that kernels make is not refused', () => {
  it.each([
    'set=0x80 clear=0x8000000000000',
    'set=0x8000000000001 clear=0x880',
    'set=0x800 clear=0x801',
    'set=0x4000000000000 clear=0x20000000000000',
    // A realm shares memory by one bit of the address: that of its 2^48 or 2^40 bytes.
    'set=0x800000000800 clear=0x1',
    'set=0x800 clear=0x8000000001',
  ])('%s', (words) => {
    expect([...update(`start=${VA} size=0x1000 ${words}`).trace.calls]).toHaveLength(1);
  });

  it('up to the last address', () => {
    expect([...update('start=0xfffffffffffff000 size=0x1000 set=0x80 clear=0x0').trace.calls]).toHaveLength(
      1,
    );
  });
});
