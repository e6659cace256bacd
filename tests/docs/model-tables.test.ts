/** The tables of docs/model.md are what the core does: a manual with wrong numbers fails here. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Core, type Permission } from '../../src/core/core.js';
import type { Counters } from '../../src/core/counters.js';
import { totalTables, totalTlbi } from '../../src/core/counters.js';
import { OperationList } from '../../src/core/operations.js';
import { formatSize, parseSize } from '../../src/io/size.js';
import { bootLinearMap } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { GRANULES, type Granule, pageEndOf, pageOffsetOf, vaBitsOf } from '../../src/machine/va-layout.js';
import { mapState } from '../../src/map/map-state.js';

const manual = readFileSync(new URL('../../docs/model.md', import.meta.url), 'utf8').split(/\r?\n/);

/** The cells of the table that follows `<!-- table: name -->`, without its heading. */
function rowsOf(name: string): string[][] {
  const mark = manual.indexOf(`<!-- table: ${name} -->`);
  const body = manual.slice(mark + 3);
  const end = body.findIndex((line) => !line.startsWith('|'));
  // A table that is not found must not pass as one without rows.
  if (mark < 0 || !manual[mark + 2]?.startsWith('|---') || end < 1) {
    throw new Error(`docs/model.md has no table right after the mark "table: ${name}"`);
  }
  return body.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Rows as test cases: the cells that say what is looked at, and the numbers that must come out. */
function cases(name: string, labels: number): { row: string; of: string[]; numbers: number[] }[] {
  return rowsOf(name).map((cells) => ({
    row: cells.slice(0, labels).join(', '),
    of: cells.slice(0, labels),
    numbers: cells.slice(labels).map(Number),
  }));
}

function granuleOf(text: string): Granule {
  const granule = GRANULES.find((bytes) => bytes === parseSize(text));
  if (granule === undefined) throw new Error(`docs/model.md: expected a granule, found "${text}"`);
  return granule;
}

/** `4K/48` */
function regimeOf(text: string): { granule: Granule; vaBits: number } {
  const [granule = '', vaBits = ''] = text.split('/');
  return { granule: granuleOf(granule), vaBits: Number(vaBits) };
}

let core: Core;

beforeAll(() => {
  core = new Core();
});

describe('geometry', () => {
  it('has a row for every configuration', () => {
    const all = GRANULES.flatMap((granule) => vaBitsOf(granule).map((bits) => `${granule / 1024}K/${bits}`));
    expect(rowsOf('geometry').map(([name]) => name)).toEqual(all);
  });

  it.each(rowsOf('geometry'))('%s', (name, ...cells) => {
    const { granule, vaBits } = regimeOf(name);
    const pageEnd = pageEndOf(granule, vaBits);
    core.reset(granule, vaBits, pageEnd, {});
    const { rootLevel, levelSize, contiguousSize } = core.geometry;
    const orNone = (bytes: number) => (bytes === 0 ? '-' : formatSize(bytes));
    expect(cells).toEqual([
      `${rootLevel}`,
      `${2 ** vaBits / levelSize(rootLevel)}`,
      orNone(contiguousSize(3)),
      formatSize(levelSize(2)),
      orNone(contiguousSize(2)),
      granule === 4096 ? formatSize(levelSize(1)) : '-',
      formatSize(pageEnd - pageOffsetOf(vaBits)),
    ]);
  });

  it.each(GRANULES)('granule %i: the boot takes PUD blocks where the table says', (granule) => {
    const span = 2 ** 38;
    bootLinearMap(core, describeMachine({ granule, vaBits: 48, memory: span, bbml2: true }), 'final');
    expect(mapState(core).leaves.pud > 0).toBe(granule === 4096);
  });
});

describe('table pages', () => {
  it.each(cases('table-count', 2))('$row', ({ of: [regime = '', memory = ''], numbers }) => {
    const build = (bbml2: boolean) => {
      bootLinearMap(
        core,
        describeMachine({ ...regimeOf(regime), memory: parseSize(memory.replace(' ', '')), bbml2 }),
        'final',
      );
      const { tables, tableBytes } = mapState(core);
      return [tables.p4d + tables.pud + tables.pmd + tables.pte, tableBytes];
    };
    expect([...build(false), ...build(true)]).toEqual(numbers);
  });
});

describe('splitting out one page', () => {
  /** One leaf, or group, of `leaf` bytes and the counters of one operation on its first page. */
  function onFirstPage(granule: Granule, leaf: number, operation: 'split' | Permission): Counters {
    bootLinearMap(core, describeMachine({ granule, vaBits: 48, memory: leaf, bbml2: true }), 'final');
    core.resetCounters();
    const { split, change } = core.operation;
    const list = new OperationList();
    if (operation === 'split') list.push(split, 0, core.geometry.pageOffset, granule);
    else list.push(change, 0, core.geometry.pageOffset, granule, core.permission(operation));
    core.run(list);
    expect(list.firstError()).toBe(0);
    return core.counters();
  }

  it.each(cases('split-cost', 2))('$row', ({ of: [granuleText = '', leaf = ''], numbers }) => {
    const granule = granuleOf(granuleText);
    const bytes = parseSize(leaf.replace(' ', ''));
    const split = onFirstPage(granule, bytes, 'split');
    const call = onFirstPage(granule, bytes, 'ro');
    expect([
      split.descriptorWrites,
      totalTables(split),
      split.dsbIshst,
      split.isb,
      call.descriptorWrites,
      call.dsbIshst,
      call.isb,
      call.dsbIsh,
      totalTlbi(call),
    ]).toEqual(numbers);
    expect(totalTables(call)).toBe(totalTables(split));

    const invalid = onFirstPage(granule, bytes, 'invalid');
    expect([invalid.dsbIshst, invalid.isb]).toEqual([call.dsbIshst - 1, call.isb - 1]);
  });
});

describe('TLB invalidation', () => {
  function flush(pages: number, tlbiRange: boolean): Counters {
    core.reset(4096, 48, pageEndOf(4096, 48), { tlbiRange });
    const list = new OperationList();
    list.push(core.operation.flush, 0, core.geometry.pageOffset, pages * 4096);
    core.run(list);
    return core.counters();
  }

  it.each(cases('flush', 1))('$row pages', ({ of: [pages], numbers }) => {
    const byRange = flush(Number(pages), true).tlbi;
    const singly = flush(Number(pages), false).tlbi;
    expect(singly.range).toBe(0);
    expect([byRange.single, byRange.range, byRange.all, singly.single, singly.all]).toEqual(numbers);
  });
});
