import { describe, expect, test } from 'vitest';
import { parseCore } from '../../../src/machine/cores/core-file.js';
import { type FlatTlbModel, flatten } from '../../../src/machine/cores/core-model.js';
import { KINDS } from '../../../src/machine/cores/fact.js';
import { CORES } from '../../../src/machine/cores/presets/catalogue.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

function core(id: string) {
  const found = CORES.find((preset) => preset.id === id);
  if (!found) throw new Error(`no preset ${id}`);
  return found;
}

const shape = ({ entries, ways }: FlatTlbModel) => [entries, ways];

function shapes(id: string) {
  const { l1Data, l1Instruction, l2 } = flatten(core(id));
  const second = 'unified' in l2 ? [shape(l2.unified)] : [shape(l2.data), shape(l2.instruction)];
  return [shape(l1Data), shape(l1Instruction), ...second];
}

test.each<[string, number[][]]>([
  [
    'cortex-a53',
    [
      [10, 10],
      [10, 10],
      [512, 4],
    ],
  ],
  [
    'cortex-a55',
    [
      [16, 16],
      [15, 15],
      [1024, 4],
    ],
  ],
  [
    'cortex-a72',
    [
      [32, 32],
      [48, 48],
      [1024, 4],
    ],
  ],
  [
    'cortex-a76',
    [
      [48, 48],
      [48, 48],
      [1280, 5],
    ],
  ],
  [
    'cortex-x4',
    [
      [96, 96],
      [48, 48],
      [2048, 8],
    ],
  ],
  [
    'neoverse-n1',
    [
      [48, 48],
      [48, 48],
      [1280, 5],
    ],
  ],
  [
    'neoverse-n2',
    [
      [44, 44],
      [48, 48],
      [1280, 5],
    ],
  ],
  [
    'neoverse-v1',
    [
      [40, 40],
      [48, 48],
      [2048, 8],
    ],
  ],
  [
    'neoverse-v2',
    [
      [48, 48],
      [48, 48],
      [2048, 8],
    ],
  ],
  [
    'neoverse-v3',
    [
      [96, 96],
      [48, 48],
      [2048, 8],
    ],
  ],
  [
    'ampereone',
    [
      [64, 64],
      [64, 4],
      [1536, 6],
      [768, 6],
    ],
  ],
  [
    'apple-m1',
    [
      [160, 5],
      [192, 6],
      [3072, 12],
    ],
  ],
  [
    'a64fx',
    [
      [16, 16],
      [16, 16],
      [1024, 4],
      [1024, 4],
    ],
  ],
  [
    'taishan-v110',
    [
      [32, 32],
      [32, 32],
      [1024, 4],
    ],
  ],
])('%s has the TLBs that were published: entries and ways', (id, expected) => {
  expect(shapes(id)).toEqual(expected);
});

describe.each(CORES)('$id', (preset) => {
  test('is a core file that linmap reads back', () => {
    expect(parseCore(JSON.stringify(preset), 'preset')).toEqual(preset);
  });

  test('every value says where it comes from', () => {
    const facts = factsIn(preset);
    expect(facts.length).toBeGreaterThan(25);
    for (const { kind, source } of facts) {
      expect(KINDS).toContain(kind);
      expect(source.length).toBeGreaterThan(2);
    }
  });
});

test('ids are unique', () => {
  expect(new Set(CORES.map(({ id }) => id)).size).toBe(CORES.length);
});

describe('sizes that structures hold', () => {
  test.each(['cortex-a76', 'neoverse-n1', 'neoverse-n2', 'neoverse-v2', 'neoverse-v3'])(
    '%s: no 32M and no 1G in the first data level, both in the second',
    (id) => {
      const { l1Data, l2 } = flatten(core(id));
      expect(l1Data.sizes).toContain(512 * MIB);
      expect(l1Data.sizes).not.toContain(32 * MIB);
      expect(l1Data.sizes).not.toContain(GIB);
      expect(l2).toMatchObject({ unified: { sizes: expect.arrayContaining([32 * MIB, GIB]) } });
    },
  );

  test.each(['neoverse-n2', 'neoverse-v2', 'neoverse-v3'])('%s: instructions in pieces of 2M', (id) => {
    expect(flatten(core(id)).l1Instruction.sizes).toHaveProperty('3', 2 * MIB);
    expect(flatten(core(id)).l1Instruction.sizes).toHaveLength(4);
  });

  test('cortex-a53 splits 1G into 512M', () => {
    expect(flatten(core('cortex-a53')).l2).toHaveProperty('unified.sizes.3', 512 * MIB);
  });

  test('ampereone holds any size in every entry', () => {
    const { l1Data, l1Instruction, l2 } = core('ampereone');
    const sizes = [l1Data, l1Instruction, ...Object.values(l2)].map((tlb) => tlb.sizes);
    for (const { value, kind } of sizes)
      expect({ value, kind }).toEqual({ value: 'any', kind: 'documented' });
  });
});

test.each(['cortex-x4', 'neoverse-n2', 'neoverse-v1', 'neoverse-v2', 'neoverse-v3'])(
  '%s: aggregation is off because firmware switches it off',
  (id) => {
    expect(core(id).aggregation).toMatchObject({ value: 1, kind: 'documented' });
    expect(core(id).aggregation.source).toContain('TFV-12');
  },
);

test('no core aggregates pages unless asked to', () => {
  expect(CORES.map((preset) => preset.aggregation.value)).toEqual(CORES.map(() => 1));
});

test('only Fujitsu documents replacement: FIFO, then LRU', () => {
  const documented = CORES.filter(({ l1Data }) => l1Data.policy.kind === 'documented');
  expect(documented.map(({ id }) => id)).toEqual(['a64fx']);
  expect(flatten(core('a64fx'))).toMatchObject({
    l1Data: { policy: 'fifo' },
    l2: { data: { policy: 'lru' } },
    walkCache: { kind: 'separate', entries: 16, ways: 16 },
  });
});

test('latencies are in cycles of the core', () => {
  // 35 ns and 145 ns at 3 GHz; 166 ns at 3 GHz; 92 ns at 2.3 GHz.
  expect(flatten(core('neoverse-n1')).lines).toMatchObject({ system: { cycles: 105 }, dramCycles: 435 });
  expect(flatten(core('ampereone')).lines.dramCycles).toBe(498);
  expect(flatten(core('cortex-a72')).lines).toMatchObject({ system: null, dramCycles: 212 });
});

interface SomeFact {
  kind: string;
  source: string;
}

function factsIn(value: unknown): SomeFact[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('kind' in value && 'source' in value) return [value as SomeFact];
  return Object.values(value).flatMap(factsIn);
}
