import { expect, it } from 'vitest';
import { Core } from '../../src/core/core.js';
import { configurationsOf } from '../../src/estimate/laid-out.js';
import { translationDigest } from '../../src/estimate/translation-digest.js';
import { describeMachine } from '../../src/machine/synthetic.js';

const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 2 ** 34, image: true });

function digests(aggregation: number): Map<string, string> {
  return new Map(
    configurationsOf(machine, null).map(({ id, layOut }) => {
      const core = new Core();
      layOut(core);
      return [id, translationDigest(core, { aggregation })];
    }),
  );
}

it('is equal where the same leaves lie in the same places, whatever may be done with them', () => {
  const of = digests(1);
  expect(of.get('page-basis')).toBe(of.get('blocks-after'));
  expect(of.get('pages-only')).toBe(of.get('pages'));
  expect(of.get('on')).toBe(of.get('blocks'));
});

it('differs where a leaf was split', () => {
  const of = digests(1);
  expect(of.get('blocks-after')).not.toBe(of.get('blocks'));
  expect(of.get('pages')).not.toBe(of.get('blocks'));
  expect(of.get('series-v3')).not.toBe(of.get('page-basis'));
});

it('differs by permissions where hardware looks at them to aggregate pages', () => {
  const of = digests(4);
  expect(of.get('pages-only')).not.toBe(of.get('pages'));
});
