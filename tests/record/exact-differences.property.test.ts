/** Sets of exact cases against each other: nothing where they are equal, and exactly what was changed where not. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ExactCase } from '../../src/record/exact-cases.js';
import { casesOf, exactDifferences, groupDifferences } from '../../src/record/exact-differences.js';

const counterName = fc.constantFrom('calls', 'descriptorWrites', 'tlbi.range', 'tlbi.all', 'leaves.pte');
const digest = fc.stringMatching(/^[0-9a-f]{16}$/);
const exactCase = fc.record<ExactCase>({
  name: fc.stringMatching(/^replay [a-z]{1,8}$/),
  counters: fc.dictionary(counterName, fc.nat(), { minKeys: 1 }),
  digest: fc.oneof(digest, fc.constant('')),
});
const someCases = fc.uniqueArray(exactCase, { selector: ({ name }) => name, minLength: 1, maxLength: 12 });

it('equal sets have no differences, in any order', () => {
  fc.assert(
    fc.property(someCases, (cases) => {
      expect(exactDifferences(cases, structuredClone(cases).reverse())).toEqual([]);
    }),
  );
});

it('one changed counter is exactly the one that is named, with both values', () => {
  fc.assert(
    fc.property(someCases, fc.nat(), counterName, fc.nat(), (cases, at, counter, value) => {
      const index = at % cases.length;
      const now = structuredClone(cases).map((one, i) =>
        i === index ? { ...one, counters: { ...one.counters, [counter]: value } } : one,
      );
      const { name, counters } = cases[index] as ExactCase;
      const old = counters[counter] ?? 0;
      const expected = old === value ? [] : [{ name, counter, old, new: value }];
      expect(exactDifferences(cases, now)).toEqual(expected);
    }),
  );
});

it('a digest that changed is named, and one that a side does not have says nothing', () => {
  fc.assert(
    fc.property(someCases, fc.nat(), digest, (cases, at, changed) => {
      const one = cases[at % cases.length] as ExactCase;
      const now = cases.map((each) => (each === one ? { ...each, digest: changed } : each));
      const expected =
        one.digest === '' || one.digest === changed
          ? []
          : [{ name: one.name, counter: 'digest', old: one.digest, new: changed }];
      expect(exactDifferences(cases, now)).toEqual(expected);
    }),
  );
});

it('new cases always differ, vanished ones where they are expected', () => {
  fc.assert(
    fc.property(someCases, fc.nat(), (cases, at) => {
      const index = at % cases.length;
      const name = (cases[index] as ExactCase).name;
      const fewer = cases.toSpliced(index, 1);
      const values = { name, old: null, new: null };
      expect(exactDifferences(fewer, cases)).toEqual([{ ...values, counter: 'new case' }]);
      expect(exactDifferences(cases, fewer)).toEqual([{ ...values, counter: 'vanished case' }]);
      expect(exactDifferences(cases, fewer, () => false)).toEqual([]);
    }),
  );
});

it('groups hold every difference once, counters before digests before cases', () => {
  fc.assert(
    fc.property(someCases, someCases, (old, now) => {
      const differences = exactDifferences(old, now);
      const groups = groupDifferences(differences);
      expect(groups.flatMap((group) => group.differences)).toHaveLength(differences.length);
      expect(new Set(groups.flatMap((group) => group.differences))).toEqual(new Set(differences));
      const order = groups.map(({ counter }) => ['digest', 'new case', 'vanished case'].indexOf(counter));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(casesOf(differences)).toBeLessThanOrEqual(differences.length);
    }),
  );
});
