import { expect, it } from 'vitest';
import { Permutation } from '../../../src/estimate/streams/permutation.js';

it.each([1, 2, 3, 5, 16, 17, 1000, 4096, 65537])('puts %d numbers into an order, each once', (count) => {
  const order = new Permutation(count, 1);
  const places = Array.from({ length: count }, (_, i) => order.at(i));
  expect(new Set(places).size).toBe(count);
  expect(Math.min(...places)).toBe(0);
  expect(Math.max(...places)).toBe(count - 1);
});

it('stays inside and apart where counts go beyond 32 bits', () => {
  const count = 2 ** 40 + 12345;
  const order = new Permutation(count, 2);
  const places = new Set(Array.from({ length: 10_000 }, (_, i) => order.at(count - 1 - i)));
  expect(places.size).toBe(10_000);
  for (const place of places) expect(place >= 0 && place < count).toBe(true);
});

it('depends on the seed and leaves few neighbours together', () => {
  const [one, other] = [new Permutation(10_000, 1), new Permutation(10_000, 2)];
  const places = Array.from({ length: 10_000 }, (_, i) => one.at(i));
  expect(places.filter((place, i) => place === other.at(i)).length).toBeLessThan(20);
  expect(places.filter((place, i) => place === (places[i - 1] ?? -2) + 1).length).toBeLessThan(20);
});
