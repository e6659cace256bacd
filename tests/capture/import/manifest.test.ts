import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseManifest } from '../../../src/capture/import/manifest.js';
import { InputError } from '../../../src/io/input-error.js';

test('what the script had, what it had not, and what was lost', () => {
  const text = [
    'format=linmap.archive/1',
    'release=7.2.13-arm64',
    'command=modprobe a=b',
    'had=iomem',
    'missing=before/kernel_page_tables no such file',
    'missing=config',
    'lost=17',
    '',
  ].join('\r\n');
  const manifest = parseManifest(text, 'MANIFEST');
  expect(manifest.values).toEqual(
    new Map([
      ['release', '7.2.13-arm64'],
      ['command', 'modprobe a=b'],
    ]),
  );
  expect(manifest.had).toEqual(['iomem']);
  expect(manifest.missing).toEqual([
    { name: 'before/kernel_page_tables', reason: 'no such file' },
    { name: 'config', reason: '' },
  ]);
  expect(manifest.lost).toBe(17);
});

test.each([
  ['format=linmap.archive/2', 'MANIFEST:1: expected format=linmap.archive/1, found "linmap.archive/2"'],
  ['a=b\nwhat', 'MANIFEST:2: expected key=value, found "what"'],
  ['=b', 'MANIFEST:1: expected key=value, found "=b"'],
])('%j is refused', (text, message) => {
  expect(() => parseManifest(text, 'MANIFEST')).toThrow(message);
});

test('any text is read or refused with one line', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('lost=1', 'had=', 'missing= x', '__proto__=x', 'format=linmap.archive/1'),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      try {
        expect(parseManifest(lines.join('\n'), 'M').values.size).toBeLessThanOrEqual(lines.length);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect((error as Error).message).not.toMatch(/[\r\n]/);
      }
    }),
    { numRuns: 5000 },
  );
});
