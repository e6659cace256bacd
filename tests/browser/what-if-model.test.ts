// "What if" and the command line: the commands that the page shows print the page's numbers.
import { Command } from 'commander';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { changeCommandLine, mapCommandLine } from '../../src/browser/what-if/command.js';
import { type Outcome, outcomeOf } from '../../src/browser/what-if/model.js';
import { countersTable, outcomeSentence, stateTable } from '../../src/browser/what-if/outcome-tables.js';
import { DEFAULT_WHAT_IF, type WhatIf } from '../../src/browser/what-if/state.js';
import * as change from '../../src/cli/change.js';
import * as map from '../../src/cli/map.js';
import { Core } from '../../src/core/core.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { whatIfs } from './what-if-states.js';

const core = new Core();

afterEach(() => vi.restoreAllMocks());

/** What a command prints with --json, or what it says is wrong. */
async function run(commandLine: string): Promise<{ document: unknown } | { error: string }> {
  const [linmap, ...args] = commandLine.split(' ');
  expect(linmap).toBe('linmap');
  const program = new Command().exitOverride();
  change.register(program);
  map.register(program);
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  try {
    await program.parseAsync([...args, '--json'], { from: 'user' });
    return { document: JSON.parse(printed) };
  } catch (error) {
    return { error: String((error as Error).message) };
  } finally {
    write.mockRestore();
    process.exitCode = undefined;
  }
}

function outcome(state: WhatIf): Outcome | RangeError {
  try {
    return outcomeOf(core, state);
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}

describe('any choice', () => {
  test('gives the numbers of linmap change, or its error', async () => {
    let possible = 0;
    await fc.assert(
      fc.asyncProperty(whatIfs, async (state) => {
        const found = outcome(state);
        const printed = await run(changeCommandLine(state));
        if (found instanceof RangeError) {
          expect(printed).toEqual({ error: expect.stringContaining(found.message) });
          return;
        }
        possible++;
        const { result, counters, before, after } = found.chosen;
        expect(printed).toMatchObject({
          document: {
            machine: found.machine.name,
            memoryBytes: state.memory,
            rodata: state.rodata,
            results: [{ strategy: state.strategy, result, counters, before, after }],
          },
        });
      }),
      { numRuns: 60 },
    );
    expect(possible).toBeGreaterThan(0);
  });

  test('starts from the map of linmap map, where the kernel maps memory as that does', async () => {
    await fc.assert(
      fc.asyncProperty(whatIfs, async (state) => {
        const commandLine = mapCommandLine(state);
        const found = outcome(state);
        if (commandLine === null || found instanceof RangeError) return;
        const { leaves, leafBytes, tables, tableBytes } = found.chosen.before;
        expect(await run(commandLine)).toMatchObject({ document: { leaves, leafBytes, tables, tableBytes } });
      }),
      { numRuns: 40 },
    );
  });

  test('has a picture of all of the map that the chosen strategy leaves', () => {
    fc.assert(
      fc.property(whatIfs, (state) => {
        const found = outcome(state);
        if (found instanceof RangeError) return;
        const { legend } = found.picture;
        const bytes = Object.fromEntries(legend.map((entry) => [entry.size, entry.bytes]));
        expect({ pud: 0, pmdCont: 0, pmd: 0, pteCont: 0, pte: 0, ...bytes }).toEqual(
          found.chosen.after.leafBytes,
        );
      }),
      { numRuns: 40 },
    );
  });

  test('has the same numbers whatever was chosen before', () => {
    fc.assert(
      fc.property(whatIfs, whatIfs, (one, other) => {
        const first = outcome(one);
        outcome(other);
        const again = outcome(one);
        expect(again).toEqual(first);
      }),
      { numRuns: 20 },
    );
  });
});

test('the default is a machine of the comparison, and every strategy is beside the chosen one', () => {
  const found = outcomeOf(core, DEFAULT_WHAT_IF);
  expect(found.results.map(({ strategy }) => strategy)).toEqual(STRATEGIES);
  expect(found.chosen).toBe(found.results[0]);
  // The discussion's example: 512 pages of one block, page by page.
  expect(found.chosen.counters.tlbi).toEqual({ single: 512, range: 1, all: 0 });
  expect(countersTable(found).rows).toHaveLength(STRATEGIES.length);
  expect(outcomeSentence(found)).toContain('513 calls');
  expect(stateTable(found, 'AmpereOne').rows).toContainEqual([
    'reach of the second-level TLB of AmpereOne',
    '256 GiB',
    '256 GiB',
    '0',
  ]);
});

test('reach shrinks where blocks become pages', () => {
  const blocks = outcomeOf(core, DEFAULT_WHAT_IF).reach;
  const pages = outcomeOf(core, { ...DEFAULT_WHAT_IF, bbml2: false }).reach;
  expect(pages.before).toBeLessThan(blocks.before / 1000);
});
