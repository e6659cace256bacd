import { describe, expect, it } from 'vitest';
import { natureOf, openStream } from '../../../src/estimate/streams/index.js';
import { large } from './machines.js';

function firstVas(spec: string, accesses: number): number[] {
  return [...openStream(spec, large, { accesses, seed: 3 })].flatMap(({ words }) =>
    [...words].map((word) => Number(BigInt.asIntN(64, word & ~0xfffn))),
  );
}

describe('the law of a stream', () => {
  it.each(['sequential:size=4M', 'sequential:size=4M,run=0', 'strided:stride=64K,size=64M', 'chase:size=4M'])(
    '%s: its lap',
    (spec) => {
      const { law } = natureOf(spec, large, 3);
      if (typeof law === 'string') throw new Error(law);
      expect(law).toMatchObject({ name: 'cyclic', pages: 1024, touches: 1 });
      const lap = Array.from({ length: law.pages }, (_, at) => law.va(at));
      expect(firstVas(spec, 2048)).toEqual([...lap, ...lap]);
    },
  );

  it.each([
    ['uniform:size=1M,run=1', 'uniform', 0],
    ['zipf:size=1M,s=1.1', 'Zipf', 1.1],
  ])('%s: its pages', (spec, name, exponent) => {
    const { law } = natureOf(spec, large, 3);
    if (typeof law === 'string') throw new Error(law);
    expect(law).toMatchObject({ name, exponent, pages: 256 });
    const pages = new Set(Array.from({ length: law.pages }, (_, at) => law.va(at)));
    expect(firstVas(spec, 5000).every((va) => pages.has(va))).toBe(true);
  });

  it('is missing where there is none', () => {
    expect(natureOf('network', large, 3).law).toBe('several kinds of access');
    expect(natureOf('zipf:kernel=0.1', large, 3).law).toBe('accesses of other classes');
  });

  it('only a chase waits for each access', () => {
    expect(natureOf('chase', large, 3).dependent).toBe(true);
    expect(natureOf('sequential', large, 3).dependent).toBe(false);
  });
});

it.each([
  ['network', 100_000, 460_000],
  ['crypt', 100_000, 590_000],
  ['uniform:instructions=0.1', 30, 3],
  ['uniform:instructions=0.3', 99, 29],
])('%s: %d accesses are %d instructions', (spec, accesses, instructions) => {
  const chunks = [...openStream(spec, large, { accesses, seed: 1 })];
  expect(chunks.reduce((sum, chunk) => sum + chunk.instructions, 0)).toBe(instructions);
});
