/** A KFENCE pool that nothing in the capture names: it shows by changes that ask for no boundary. */
import { describe, expect, it } from 'vitest';
import { latePoolOf } from '../../src/capture/late-pool.js';
import { masks } from '../../src/core/operations.js';
import { kfencePoolSize } from '../../src/machine/kfence.js';
import type { Machine } from '../../src/machine/machine.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { GiB } from '../core/sizes.js';
import { callsOf } from './calls-of.js';
import { NO_PROBES, TraceText } from './trace-text.js';

const PAGE = 4096;
const machine = describeMachine({ granule: 4096, vaBits: 48, memory: GiB, bbml2: true, kfence: 'late' });
const at = (page: number): number => machine.pageOffset + page * PAGE;
const INVALID = masks(0x800n, 1n);

/** Page numbers of changes that were split for, and of those that were not. */
function poolOf(split: number[], unsplit: number[], on: Machine = machine, text = new TraceText()) {
  for (const page of split) {
    text
      .update(at(page), PAGE, INVALID)
      .boundary(at(page | 1))
      .updated('set_memory_valid', 0);
  }
  for (const page of unsplit) text.update(at(page), PAGE, INVALID).updated('set_memory_valid', 0);
  return latePoolOf(on, callsOf(text.toString(), 't').trace);
}

describe('a late pool', () => {
  it('is from the first to the last page that was changed without a split', () => {
    expect(poolOf([1, 2], [70, 66, 68])).toEqual({ start: at(66), end: at(71) });
  });

  it('may be as large as the pool is, and no larger', () => {
    const pages = kfencePoolSize(255, PAGE) / PAGE;
    expect(poolOf([1], [64, 64 + pages - 1])).toEqual({ start: at(64), end: at(64 + pages) });
    expect(poolOf([1], [64, 64 + pages])).toBeNull();
  });

  it('is not there where every change was split for, or nothing was changed', () => {
    expect(poolOf([1, 2], [])).toBeNull();
    expect(poolOf([], [])).toBeNull();
  });

  it('is not guessed where the probe was not armed', () => {
    expect(poolOf([1], [70], machine, new TraceText({ ...NO_PROBES, returns: true }))).toBeNull();
  });

  it('is not guessed where the trace names it', () => {
    const text = new TraceText().probe('k', 'arch_kfence_init_pool', 'pool=0xffff000000200000');
    expect(poolOf([1], [70], machine, text)).toBeNull();
  });

  it.each<[string, Partial<Machine>]>([
    ['KFENCE is early', { kfence: { ...machine.kfence, late: false, early: true } }],
    ['the secondaries cannot split', { bbml2AllCpus: false }],
    ['everything is pages', { bbml2: false, bbml2AllCpus: false }],
  ])('is not guessed where %s', (_what, change) => {
    expect(poolOf([1], [70], { ...machine, ...change })).toBeNull();
  });

  it('does not grow by changes that failed, are unaligned, longer, or of the vmalloc area', () => {
    const text = new TraceText();
    text.update(at(90), PAGE, INVALID).updated('set_memory_valid', -12);
    text.update(at(91) + 8, PAGE, INVALID).updated('set_memory_valid', 0);
    text.update(at(92), 2 * PAGE, INVALID).updated('set_memory_valid', 0);
    text.update(machine.pageEnd + PAGE, PAGE, INVALID).updated('change_memory_common', 0);
    expect(poolOf([1], [70], machine, text)).toEqual({ start: at(70), end: at(71) });
  });
});
