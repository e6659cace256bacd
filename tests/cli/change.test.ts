// linmap change: one permission change, what it costs and leaves.
import { describe, expect, test } from 'vitest';
import { STRATEGIES } from '../../src/strategy/index.js';
import { documentHere, refusalHere } from './linmap-here.js';

const SERVER = ['--granule', '4K', '--va-bits', '48', '--memory', '256G'];

interface Result {
  strategy: string;
  result: number;
  counters: { calls: number; descriptorWrites: number; tlbi: { single: number; range: number; all: number } };
  before: { tableBytes: number };
  after: { tableBytes: number };
}

async function change(
  ...args: string[]
): Promise<{ schema: string; requiresBbml2: boolean; results: Result[] }> {
  return documentHere('change', ...args);
}

test('every strategy makes the change, in the order of reports', async () => {
  const { schema, requiresBbml2, results } = await change(
    ...SERVER,
    '--bbml2',
    '--pages',
    '512',
    '--backing',
    'huge-pmd',
  );
  expect(schema).toBe('linmap.change/1');
  expect(requiresBbml2).toBe(true);
  expect(results.map(({ strategy }) => strategy)).toEqual(STRATEGIES.map(({ id }) => id));
  expect(results.map(({ result }) => result)).toEqual([0, 0, 0, 0, 0]);
});

test('one page out of a 1 GiB block costs what the kernel model says, and one store for the vmalloc side', async () => {
  const args = ['--bbml2', '--pages', '1', '--backing', 'scattered', '--strategy', 'page-basis'];
  const [result] = (await change(...SERVER, ...args)).results;
  expect(result?.counters.descriptorWrites).toBe(1059 + 1);
  expect((result?.after.tableBytes ?? 0) - (result?.before.tableBytes ?? 0)).toBe(2 * 4096);
});

test('with rodata=on the alias is left alone', async () => {
  const [result] = (await change(...SERVER, '--rodata', 'on', '--pages', '8', '--strategy', 'page-basis'))
    .results;
  expect(result?.counters).toMatchObject({ calls: 1, descriptorWrites: 8 });
});

test.each(['set_memory_rw', 'set_memory_x', 'set_memory_nx', 'set_memory_rox', 'vfree'])(
  '%s',
  async (call) => {
    const [result] = (
      await change(...SERVER, '--bbml2', '--call', call, '--pages', '3', '--strategy', 'page-basis')
    ).results;
    expect(result?.result).toBe(0);
  },
);

test.each([
  ['set_direct_map_valid_noflush', 1],
  ['set_direct_map_invalid_noflush', 5],
])('%s makes %i calls for five pages', async (call, calls) => {
  const args = ['--bbml2', '--call', String(call), '--pages', '5', '--strategy', 'page-basis'];
  expect((await change(...SERVER, ...args)).results[0]?.counters.calls).toBe(calls);
});

describe('wrong usage is one line and exit code 2', () => {
  test.each([
    [['--pages', '0'], /'0' is invalid\. Expected a whole number from 1 to 65536\.$/],
    [['--strategy', 'fastest'], /--strategy/],
    [['--call', 'set_memory_wx'], /--call/],
    [['--pages', '65536', '--memory', '128M'], /no free block/],
    [
      [
        '--backing',
        'huge-cont-pmd',
        '--pages',
        '8192',
        '--granule',
        '16K',
        '--va-bits',
        '36',
        '--memory',
        '8G',
      ],
      /huge-cont-pmd/,
    ],
  ])('%j', async (args, message) => {
    expect(await refusalHere('change', ...SERVER, ...args)).toMatch(message);
  });
});
