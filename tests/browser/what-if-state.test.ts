// The hash of the page's address: a link brings a choice back, and nothing else breaks the page.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_WHAT_IF,
  formatWhatIf,
  isWhatIfHash,
  parseMemory,
  parsePages,
  parseWhatIf,
  type WhatIf,
} from '../../src/browser/what-if/state.js';
import { vaBitsOf } from '../../src/machine/va-layout.js';
import { whatIfs } from './what-if-states.js';

describe('the hash of a choice', () => {
  test('brings the choice back', () => {
    fc.assert(
      fc.property(whatIfs, (state) => {
        const hash = formatWhatIf(state);
        expect(isWhatIfHash(hash)).toBe(true);
        expect(parseWhatIf(hash)).toEqual(state);
      }),
    );
  });

  test('is the same after a browser has read it as part of an address', () => {
    fc.assert(
      fc.property(whatIfs, (state) => {
        const { hash } = new URL(`https://example.org/report.html${formatWhatIf(state)}`);
        expect(parseWhatIf(hash)).toEqual(state);
      }),
    );
  });

  test('that is garbage is the default', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseWhatIf(text)).toEqual(DEFAULT_WHAT_IF);
        expect(parseWhatIf(`#${text}`)).toEqual(DEFAULT_WHAT_IF);
      }),
    );
    expect(isWhatIfHash('#what-if')).toBe(false);
    expect(parseWhatIf('#what-if')).toEqual(DEFAULT_WHAT_IF);
  });

  test('with garbage in one field keeps the others', () => {
    const fields = [
      'memory',
      'bbml2',
      'rodata',
      'kfence',
      'image',
      'strategy',
      'call',
      'pages',
      'backing',
      'core',
    ];
    const garbage = fc.constantFrom(
      '',
      '-1',
      '0',
      'NaN',
      '1e9',
      '__proto__',
      'constructor',
      '4X',
      '%',
      '9'.repeat(40),
    );
    fc.assert(
      fc.property(whatIfs, fc.constantFrom(...fields), garbage, (state, field, text) => {
        const query = new URLSearchParams(formatWhatIf(state).slice('#what-if?'.length));
        query.set(field, text);
        const expected = { ...state, [field]: DEFAULT_WHAT_IF[field as keyof WhatIf] };
        expect(parseWhatIf(`#what-if?${query}`)).toEqual(expected);
      }),
    );
  });

  test('never has VA bits that the granule does not have', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('4K', '16K', '64K', '8K'),
        fc.integer({ min: 30, max: 60 }),
        (granule, bits) => {
          const state = parseWhatIf(`#what-if?granule=${granule}&va-bits=${bits}`);
          expect(vaBitsOf(state.granule)).toContain(state.vaBits);
        },
      ),
    );
  });
});

test.each([
  ['256G', 2 ** 38],
  [' 1.5T ', 1.5 * 2 ** 40],
  ['0', null],
  ['0.3K', null],
  ['-4K', null],
  ['', null],
  ['much', null],
])('memory %j is %s', (text, bytes) => {
  expect(parseMemory(text)).toBe(bytes);
});

test.each([
  ['1', 1],
  ['65536', 65536],
  ['65537', null],
  ['0', null],
  ['1.5', null],
  ['', null],
])('pages %j are %s', (text, pages) => {
  expect(parsePages(text)).toBe(pages);
});
