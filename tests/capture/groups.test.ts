/** Which changes belong together: alias loops, the halves of a vfree(), and everything that stands alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupChanges } from '../../src/capture/groups.js';
import { masks } from '../../src/core/operations.js';
import { runs } from '../core/runs.js';
import { callsOf } from './calls-of.js';
import { NO_PROBES, type Probes, TraceText } from './trace-text.js';

const PAGE = 0x1000;
const LINEAR = -(2 ** 48);
const PAGE_END = -(2 ** 47);
const VMALLOC = PAGE_END + 2 ** 31;
const RO = masks(0x80n, 0x8000000000000n);
const RW = masks(0x8000000000000n, 0x80n);
const NX = masks(0x20000000000000n, 0n);
const INVALID = masks(0x800n, 0x1n);
const DEFAULT = masks(0x8000000000001n, 0x880n);

/** Page numbers of each group, in the order in which they begin; pages on their own are groups of none. */
function groupsOf(text: TraceText): number[][] {
  const { calls } = callsOf(text.toString(), 't').trace;
  const found = new Set<number[]>(groupChanges(calls, PAGE_END).values());
  return [...found].map((group) => group.map((index) => (calls.start(index) - LINEAR) / PAGE));
}

const at = (page: number): number => LINEAR + page * PAGE;

function alias(text: TraceText, pages: readonly number[], bits = RO): void {
  text.entry('change_memory_common', `addr=0x0 n=${pages.length}`);
  for (const page of pages) {
    text.update(at(page), PAGE, bits).updated('change_memory_common', 0);
    text.flush('change_memory_common', at(page), at(page) + PAGE);
  }
  text.unmapAliases(false);
  text.update(VMALLOC, pages.length * PAGE, bits).updated('change_memory_common', 0);
  text.flush('change_memory_common', VMALLOC, VMALLOC + pages.length * PAGE);
}

function half(text: TraceText, pages: readonly number[], which: 'invalid' | 'default'): void {
  for (const page of pages) {
    const caller = `set_direct_map_${which}_noflush`;
    text
      .entry(caller, 'page=0x0')
      .update(at(page), PAGE, which === 'invalid' ? INVALID : DEFAULT)
      .updated(caller, 0);
  }
}

function vfree(text: TraceText, pages: readonly number[]): void {
  half(text, pages, 'invalid');
  text.unmapAliases(true, LINEAR, VMALLOC).flush('__purge_vmap_area_lazy', LINEAR, VMALLOC);
  half(text, pages, 'default');
}

function secret(text: TraceText, page: number): void {
  half(text, [page], 'invalid');
  text.flush('secretmem_fault', at(page), at(page) + PAGE);
}

describe('groups', () => {
  it('an alias loop ends at the vmalloc range, the next begins anew', () => {
    const text = new TraceText();
    alias(text, [5, 6, 9]);
    alias(text, [5, 6, 9], RW);
    alias(text, [7]);
    expect(groupsOf(text)).toEqual([[5, 6, 9], [5, 6, 9], [7]]);
  });

  it.each<[string, Partial<Probes>]>([
    ['the return alone', { returns: true }],
    ['entries alone', { entries: true }],
    ['return and vm_unmap_aliases()', { returns: true, aliases: true }],
  ])('alias loops are found by %s', (_what, probes) => {
    const text = new TraceText({ ...NO_PROBES, ...probes });
    alias(text, [5, 6, 9]);
    alias(text, [8], RW);
    expect(groupsOf(text)).toEqual([[5, 6, 9], [8]]);
  });

  it('loops of other masks are apart even where neither entry nor vmalloc range shows', () => {
    const text = new TraceText({ ...NO_PROBES, returns: true });
    for (const bits of [RO, RW]) {
      for (const page of [1, 2]) text.update(at(page), PAGE, bits).updated('change_memory_common', 0);
    }
    expect(groupsOf(text)).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('a vfree() is two: made invalid, made valid', () => {
    const text = new TraceText();
    vfree(text, [5, 6, 9]);
    vfree(text, [20]);
    expect(groupsOf(text)).toEqual([[5, 6, 9], [5, 6, 9], [20], [20]]);
  });

  it('as many pages are made valid as were made invalid; more are others', () => {
    const text = new TraceText();
    vfree(text, [5, 6]);
    half(text, [30, 31], 'default');
    expect(groupsOf(text)).toEqual([
      [5, 6],
      [5, 6],
    ]);
  });

  it('secretmem’s pages stay alone, with flushes traced or not', () => {
    for (const flushes of [true, false]) {
      const text = new TraceText({ ...NO_PROBES, returns: true, aliases: true, flushes });
      secret(text, 1);
      secret(text, 2);
      half(text, [1, 2], 'default');
      expect(groupsOf(text)).toEqual([]);
    }
  });

  it('secretmem’s pages do not join what the same task does next', () => {
    const flushed = new TraceText();
    secret(flushed, 1);
    vfree(flushed, [5, 6]);
    expect(groupsOf(flushed)).toEqual([
      [5, 6],
      [5, 6],
    ]);
    // set_memory_nx() has no alias loop, but it calls vm_unmap_aliases().
    const changed = new TraceText({ ...NO_PROBES, returns: true, entries: true, aliases: true });
    secret(changed, 1);
    changed.entry('change_memory_common', 'addr=0x0 n=1').unmapAliases(false);
    changed.update(VMALLOC, PAGE, NX).updated('change_memory_common', 0);
    half(changed, [1], 'default');
    expect(groupsOf(changed)).toEqual([]);
  });

  it('a change of KFENCE’s in the middle of an alias loop is no part of it', () => {
    const text = new TraceText({ ...NO_PROBES, returns: true });
    const page = (n: number) => text.update(at(n), PAGE, RO).updated('change_memory_common', 0);
    page(5);
    text.update(at(99), PAGE, INVALID).updated('set_memory_valid', 0);
    page(6);
    expect(groupsOf(text)).toEqual([[5, 6]]);
  });

  it('are the same for each task however tasks interleave', () => {
    const pages = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 8 });
    const step = fc.tuple(fc.constantFrom('alias' as const, 'vfree' as const), pages);
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 4 }),
        fc.array(step, { maxLength: 4 }),
        fc.infiniteStream(fc.boolean()),
        (one, other, turns) => {
          const lines = (steps: typeof one, task: string): string[] => {
            const text = Object.assign(new TraceText(), { task });
            for (const [kind, list] of steps) (kind === 'alias' ? alias : vfree)(text, list);
            return text
              .toString()
              .split('\n')
              .filter((line) => line.includes('['));
          };
          const expected = [...one, ...other].flatMap(([kind, list]) =>
            kind === 'alias' ? [list] : [list, list],
          );
          const queues = [lines(one, 'a-1'), lines(other, 'b-2')];
          const text = new TraceText();
          while (queues.some(({ length }) => length > 0)) {
            const queue = queues[turns.next().value ? 0 : 1];
            const line = queue?.shift();
            if (line !== undefined) text.raw(line);
          }
          const sorted = (groups: number[][]) => groups.map(String).sort();
          expect(sorted(groupsOf(text))).toEqual(sorted(expected));
        },
      ),
      { numRuns: runs(60) },
    );
  });
});
