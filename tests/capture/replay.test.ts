/** Captures replayed: every map of every one, and the windows in which a map was read while calls went on. */
import { describe, expect, it } from 'vitest';
import { replay, replayAs } from '../../src/capture/replay.js';
import type { Scenario } from '../../src/capture/scenario.js';
import { Core } from '../../src/core/core.js';
import { type Masks, masks, OperationList } from '../../src/core/operations.js';
import { bootLinearMap } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { readMap } from '../../src/map/core-map.js';
import type { LinearMap } from '../../src/map/linear-map.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { pageBasis } from '../../src/strategy/page-basis.js';
import { pagesOnly } from '../../src/strategy/pages-only.js';
import { MiB } from '../core/sizes.js';
import { callsOf } from './calls-of.js';
import { scenario, shipped, traceLines, withTrace } from './shipped.js';
import { TraceText } from './trace-text.js';

const core = new Core();
const PAGE = 4096;
const INVALID = masks(0x800n, 1n);
const VALID = masks(1n, 0x800n);
const RO = masks(0x80n, 0x8000000000000n);
const NEVER = masks(0x20000000000000n, 0n);

describe.each(shipped)('%s', (name) => {
  const lines = traceLines(name);

  it('is equal wherever a map was read, and agrees', () => {
    const given = scenario(name);
    const { snapshots, trace, applied } = replay(core, given);
    expect(snapshots.map(({ name: map, equal, differenceCount }) => [map, equal, differenceCount])).toEqual(
      ['held', 'on', 'after'].filter((map) => given.snapshots.has(map)).map((map) => [map, true, 0]),
    );
    expect(snapshots).toHaveLength(given.snapshots.size);
    expect(trace).toMatchObject({ agrees: true, disagreements: [] });
    expect(trace?.returns).toBe(lines.filter((line) => / ret=/.test(line)).length);
    expect(applied).toBe(
      lines.filter((line) => /\((?:update_range_prot|arch_kfence_init_pool)\+/.test(line)).length,
    );
    expect(given.lost).toEqual([]);
  });

  it('leaves every page with its permissions whatever the strategy; page basis is what the kernel did', () => {
    const plain = replay(core, scenario(name));
    for (const strategy of STRATEGIES) {
      const result = replayAs(core, scenario(name), strategy);
      expect([strategy.id, result.permissionDifferenceBytes]).toEqual([strategy.id, 0]);
      if (strategy === pageBasis) {
        expect(result.counters).toEqual(plain.counters);
        expect([result.before, result.after, result.map]).toEqual([plain.before, plain.after, plain.map]);
      }
    }
  });
});

describe('replays', () => {
  it('do not depend on what the core did before', () => {
    const first = replay(core, scenario('4k-bbml2/load-small'));
    replay(core, scenario('64k48-bbml2/secretmem'));
    expect(replay(core, scenario('4k-bbml2/load-small'))).toEqual(first);
  });

  it('of a trace without markers are compared at their end', () => {
    const name = '4k-bbml2/load-small';
    const lines = traceLines(name).filter((line) => !line.includes('tracing_mark_write'));
    expect(replay(core, withTrace(name, lines)).snapshots).toMatchObject([{ name: 'after', equal: true }]);
  });

  it('with the calls of pages left out are not equal', () => {
    const name = '4k-bbml2/load-small';
    const lines = traceLines(name);
    const last = lines.findLastIndex((line) => /update_range_prot\+.*start=0xffff0000.*set=0x80 /.test(line));
    const { snapshots } = replay(core, withTrace(name, lines.toSpliced(last, 1)));
    expect(snapshots).toMatchObject([{ name: 'after', equal: false, differenceCount: 1 }]);
  });
});

/** A machine of 64 MiB, a trace of single pages, and maps as they were after so many of its calls. */
class Recording {
  readonly machine = describeMachine({ granule: 4096, vaBits: 48, memory: 64 * MiB, bbml2: true });
  readonly text = new TraceText();
  readonly #maps: LinearMap[];
  readonly #core = new Core();

  constructor() {
    bootLinearMap(this.#core, this.machine, 'final');
    this.#maps = [readMap(this.#core)];
  }

  change(page: number, bits: Masks, pages = 1, caller = 'set_memory_valid'): this {
    const start = this.machine.pageOffset + page * PAGE;
    const list = new OperationList();
    list.push(this.#core.operation.change, 0, start, pages * PAGE, bits);
    this.#core.run(list);
    this.#maps.push(readMap(this.#core));
    this.text.update(start, pages * PAGE, bits).updated(caller, list.result(0));
    return this;
  }

  marker(name: string, phase: 'REQ' | 'DONE'): this {
    this.text.marker(name, phase);
    return this;
  }

  /** @param maps by name, after how many calls they were read; `before` likewise */
  scenario({ before = 0, ...maps }: Record<string, number>): Scenario {
    const { trace, summary } = callsOf(this.text.toString(), 't');
    const mapAfter = (calls: number) => this.#maps[calls] as LinearMap;
    return {
      machineName: 'm',
      name: 's',
      machine: this.machine,
      before: mapAfter(before),
      snapshots: new Map(Object.entries(maps).map(([name, calls]) => [name, mapAfter(calls)])),
      trace,
      events: summary.events,
      lost: [],
      summary,
    };
  }
}

describe('a map that was read while calls went on', () => {
  const window = () =>
    new Recording()
      .marker('before', 'REQ')
      .marker('before', 'DONE')
      .change(7, RO)
      .marker('held', 'REQ')
      .change(100, INVALID)
      .change(200, INVALID)
      .change(100, VALID)
      .marker('held', 'DONE')
      .change(9, RO)
      .marker('after', 'REQ')
      .marker('after', 'DONE');

  it.each([1, 2, 3, 4])('is the state after some prefix: %i calls', (calls) => {
    const { snapshots, applied } = replay(core, window().scenario({ held: calls, after: 5 }));
    expect(snapshots.map(({ name, equal }) => [name, equal])).toEqual([
      ['held', true],
      ['after', true],
    ]);
    expect(applied).toBe(5);
  });

  it('is not the state before or after the window, and the rest is replayed all the same', () => {
    for (const held of [0, 5]) {
      const { snapshots, applied } = replay(core, window().scenario({ held, after: 5 }));
      expect(snapshots.map(({ name, equal }) => [name, equal])).toEqual([
        ['held', false],
        ['after', true],
      ]);
      expect(applied).toBe(5);
    }
  });

  it.each([0, 1, 2])('at the beginning: %i calls are in the map already', (before) => {
    const recording = new Recording()
      .marker('before', 'REQ')
      .change(100, INVALID)
      .change(200, INVALID)
      .marker('before', 'DONE')
      .change(7, RO)
      .marker('after', 'REQ')
      .marker('after', 'DONE');
    expect(replay(core, recording.scenario({ before, after: 3 })).snapshots).toMatchObject([
      { name: 'after', equal: true },
    ]);
  });

  it('ends the replay where it is equal; a strategy makes exactly the calls that the kernel had made', () => {
    const recording = () =>
      new Recording()
        .marker('before', 'REQ')
        .change(7, NEVER)
        .marker('before', 'DONE')
        .change(8, RO)
        .marker('after', 'REQ')
        .change(100, INVALID)
        .change(200, INVALID)
        .marker('after', 'DONE')
        .change(300, INVALID);
    for (const after of [2, 3, 4]) {
      const given = recording().scenario({ after });
      const { applied, snapshots, map } = replay(core, given);
      expect([applied, snapshots]).toMatchObject([after, [{ equal: true }]]);
      for (const strategy of STRATEGIES) {
        const result = replayAs(core, given, strategy);
        expect([strategy.id, result.applied, result.permissionDifferenceBytes]).toEqual([
          strategy.id,
          after,
          0,
        ]);
        if (strategy === pageBasis) expect(result.map).toEqual(map);
      }
    }
  });
});

describe('calls that failed', () => {
  it('for want of a table changed no permission, so a strategy leaves them out', () => {
    const recording = new Recording().marker('before', 'REQ').marker('before', 'DONE');
    const start = recording.machine.pageOffset + 64 * PAGE;
    recording.text.update(start, PAGE, RO).split('pmd', true).table('pmd', 'none');
    recording.text.updated('change_memory_common', -12);
    const given = recording.scenario({});
    const plain = replay(core, given);
    expect(plain.trace).toMatchObject({ agrees: true, returns: 1 });
    // The contiguous PMDs were un-hinted before the table was asked for.
    expect(plain.counters).toMatchObject({ calls: 1, descriptorWrites: 16 });
    for (const strategy of STRATEGIES) {
      expect(replayAs(core, given, strategy).permissionDifferenceBytes).toBe(0);
    }
  });
});

describe('a loop that is not of single pages', () => {
  it('is made as it was, whatever the strategy', () => {
    const recording = new Recording().marker('before', 'REQ').marker('before', 'DONE');
    const caller = 'change_memory_common';
    recording.change(64, RO, 2, caller).change(66, RO, 1, caller).change(67, RO, 1, caller);
    const given = recording.scenario({ after: 3 });
    expect(replay(core, given).snapshots).toMatchObject([{ equal: true }]);
    for (const strategy of STRATEGIES) {
      const { permissionDifferenceBytes, counters } = replayAs(core, given, strategy);
      expect([strategy.id, permissionDifferenceBytes, counters.calls]).toEqual([strategy.id, 0, 3]);
    }
  });
});

describe('pages only', () => {
  it('starts from pages where permissions may change, and else from what there is', () => {
    const recording = new Recording();
    const given = recording.scenario({});
    expect(replayAs(core, given, pagesOnly).before.leafBytes).toMatchObject({ pte: 64 * MiB, pmdCont: 0 });
    const machine = { ...given.machine, rodata: 'on' as const };
    expect(replayAs(core, { ...given, machine }, pagesOnly).before.leafBytes).toMatchObject({
      pte: 0,
      pmdCont: 64 * MiB,
    });
  });
});
