/** A trace that says otherwise than the core did must be noticed, whatever it is that it says. */
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/capture/replay.js';
import type { TraceCounters } from '../../src/capture/witness.js';
import { Core } from '../../src/core/core.js';
import { traceLines, withTrace } from './shipped.js';

const core = new Core();
const NAME = '4k-bbml2-fuzz/fuzz-ranges';
const lines = traceLines(NAME);

/** What the replay says of a trace in which the `nth` line that matches is replaced, or left out. */
function edited(pattern: RegExp, replacement: (line: string) => string | null, nth = 0): TraceCounters {
  const at = lines.map((line, index) => (pattern.test(line) ? index : -1)).filter((index) => index >= 0)[nth];
  if (at === undefined) throw new Error(`no line matches ${pattern}`);
  const found = replacement(lines[at] as string);
  const spoilt = [...lines.slice(0, at), ...(found === null ? [] : [found]), ...lines.slice(at + 1)];
  const { trace, snapshots } = replay(core, withTrace(NAME, spoilt));
  // The map does not depend on what the trace only witnesses.
  expect(snapshots.every(({ equal }) => equal)).toBe(true);
  if (trace === null) throw new Error('a replay of the kernel has a trace');
  return trace;
}

const leftOut = (): null => null;

describe('an edited trace', () => {
  it('as it is, agrees and counts what it shows', () => {
    const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
    const { trace } = replay(core, withTrace(NAME, lines));
    expect(trace).toEqual({
      splits: { pudToContPmd: 1, pudToPmd: 0, pmdToContPte: 207, pmdToPte: 0 },
      tablesAllocated: { pmd: 1, pte: 207 },
      boundaries: count(/: split_locked: /),
      returns: count(/: upd_ret: /),
      agrees: true,
      disagreements: [],
    });
  });

  it.each([0, 40])('a split_pmd() left out (%i)', (nth) => {
    const { agrees, disagreements } = edited(/: split_pmd: /, leftOut, nth);
    expect(agrees).toBe(false);
    expect(disagreements).toEqual([{ line: 0, text: '207 splits in the trace, 208 here' }]);
  });

  it('a split that is not contiguous', () => {
    const { agrees, disagreements } = edited(/: split_pmd: /, (line) =>
      line.replace('to_cont=1', 'to_cont=0'),
    );
    expect([agrees, disagreements.map(({ text }) => text)]).toEqual([
      false,
      ['other splits than in the trace'],
    ]);
  });

  it('a boundary somewhere else', () => {
    const moved = edited(
      /: split_locked: /,
      (line) => line.replace(/.(?=000$)/, (digit) => (digit === '1' ? '3' : '1')),
      7,
    );
    expect([moved.agrees, moved.disagreements.map(({ text }) => text)]).toEqual([
      false,
      ['other boundaries than in the trace'],
    ]);
  });

  it('a boundary more', () => {
    const { disagreements } = edited(/: split_locked: /, (line) => `${line}\n${line}`);
    expect(disagreements).toEqual([{ line: 0, text: '582 boundaries in the trace, 581 here' }]);
  });

  it('a table more or less', () => {
    const less = edited(/: pgtable: \(split_pmd/, leftOut);
    expect(less.disagreements.map(({ text }) => text)).toEqual([
      'tables 1 pmd and 206 pte in the trace, 1 and 207 here',
    ]);
    const other = edited(/: pgtable: \(split_pud/, (line) => line.replace('(split_pud', '(split_pmd'));
    expect(other.disagreements.map(({ text }) => text)).toEqual([
      'tables 0 pmd and 208 pte in the trace, 1 and 207 here',
    ]);
  });

  it('a return value, with the line of its call', () => {
    const { agrees, disagreements } = edited(/: upd_ret: /, (line) => line.replace('ret=0', 'ret=-22'), 3);
    const calls = lines
      .map((line, index) => (/: upd: /.test(line) ? index + 1 : 0))
      .filter((line) => line > 0);
    expect(agrees).toBe(false);
    expect(disagreements).toEqual([{ line: calls[3], text: 'returned -22 in the trace, 0 here' }]);
  });

  it('many disagreements are cut short, and still disagree', () => {
    const spoilt = lines.map((line) => line.replace(/ ret=0$/, ' ret=-12'));
    const { trace } = replay(core, withTrace(NAME, spoilt));
    expect(trace?.agrees).toBe(false);
    expect(trace?.disagreements).toHaveLength(20);
  });

  it('probes that were not armed have nothing to say', () => {
    const plain = lines.filter(
      (line) => !/: (?:split|split_locked|split_pmd|split_pud|pgtable|upd_ret): /.test(line),
    );
    const { trace } = replay(core, withTrace(NAME, plain));
    expect(trace).toEqual({
      splits: null,
      tablesAllocated: null,
      boundaries: null,
      returns: null,
      agrees: true,
      disagreements: [],
    });
  });
});
