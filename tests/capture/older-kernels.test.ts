/** Kernels that have no update_range_prot(): apply_to_page_range() is the change there, else __change_memory_common(). */
import { describe, expect, it } from 'vitest';
import { masks } from '../../src/core/operations.js';
import { hex, TraceText } from './trace-text.js';
import { traced } from './traced.js';

const PAGE = 4096;
const LINEAR = -(2 ** 48);
const RO = masks(0x80n, 0x8000000000000n);
const words = `start=${hex(LINEAR)} size=0x1000 set=0x80 clear=0x8000000000000`;
const outer = (text: TraceText) => text.probe('cmc', '__change_memory_common', words);

describe('__change_memory_common()', () => {
  it('is a change where nothing inside it shows', () => {
    const text = new TraceText()
      .entry('set_memory_ro', 'addr=0x0 n=1')
      .entry('change_memory_common', 'addr=0x0 n=1');
    outer(text).returned('r', 'change_memory_common', '__change_memory_common', 'ret=-22');
    const changes = traced(text).calls.filter(({ kind }) => kind === 'change');
    expect(changes).toMatchObject([
      {
        start: LINEAR,
        size: PAGE,
        caller: 'change_memory_common',
        entry: 'set_memory_ro',
        flush: true,
        returned: -22,
      },
    ]);
    expect(changes[0]).toMatchObject({ masks: { set: RO.set, clear: RO.clear } });
  });

  it('is none where update_range_prot() shows too, from the first on', () => {
    const text = new TraceText();
    for (let page = 0; page < 3; page++) {
      outer(text)
        .update(LINEAR, PAGE, RO)
        .boundary(LINEAR + PAGE)
        .updated('__change_memory_common', 0);
      text.returned('r', 'change_memory_common', '__change_memory_common', 'ret=0');
      text.flush('__change_memory_common', LINEAR, LINEAR + PAGE);
    }
    const { calls, witnesses } = traced(text);
    expect(calls.map(({ kind }) => kind)).toEqual(['inner call', 'change', 'change', 'change']);
    expect(calls.slice(1)).toMatchObject([1, 2, 3].map(() => ({ returned: 0, flush: true })));
    expect(witnesses.map(({ boundaries }) => boundaries.length)).toEqual([0, 1, 1, 1]);
  });

  it('does not hide who called it', () => {
    const text = new TraceText().entry('change_memory_common', 'addr=0x0 n=1');
    for (let page = 0; page < 2; page++) {
      outer(text).update(LINEAR, PAGE, RO).updated('__change_memory_common', 0);
    }
    const changes = traced(text).calls.filter(({ kind }) => kind === 'change');
    expect(changes).toMatchObject([1, 2].map(() => ({ caller: 'change_memory_common', returned: 0 })));
  });
});

describe('apply_to_page_range()', () => {
  const applied = (text: TraceText, fn: string, at = LINEAR) =>
    text.probe(
      'apply',
      'apply_to_page_range',
      `start=${hex(at)} size=0x1000 fn=${fn} set=0x80 clear=0x8000000000000`,
    );

  it('is the change where it calls change_page_range(), and __change_memory_common() its caller', () => {
    const text = new TraceText().entry('change_memory_common', 'addr=0x0 n=1');
    for (let page = 0; page < 2; page++) applied(outer(text), 'change_page_range+0x0/0x50');
    const changes = traced(text).calls.filter(({ kind }) => kind === 'change');
    expect(changes).toMatchObject(
      [1, 2].map(() => ({ start: LINEAR, size: PAGE, caller: 'change_memory_common', flush: true })),
    );
    expect(changes[0]).toMatchObject({ masks: { set: RO.set, clear: RO.clear } });
  });

  it('is the change of set_direct_map_invalid_noflush(), which flushes nothing', () => {
    const text = new TraceText().entry('set_direct_map_invalid_noflush', 'page=0xfffffc0000000000');
    applied(text, 'change_page_range', LINEAR + PAGE);
    expect(traced(text).calls).toMatchObject([
      { kind: 'change', start: LINEAR + PAGE, caller: 'set_direct_map_invalid_noflush', flush: false },
    ]);
  });

  it('is none where it does something else', () => {
    const text = applied(new TraceText(), 'vmap_pfn_apply+0x0/0x70');
    expect(traced(text).calls).toEqual([]);
  });
});
