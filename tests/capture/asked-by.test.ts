/** Who asked for the calls of a trace: every counted event belongs to one task and to one caller. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Askers, AskerWatch } from '../../src/capture/asked-by.js';
import { purposeOf } from '../../src/capture/purpose.js';
import { replay } from '../../src/capture/replay.js';
import { TimelineWatch } from '../../src/capture/timeline.js';
import { Core } from '../../src/core/core.js';
import { addCounters, type Counters } from '../../src/core/counters.js';
import { runs } from '../core/runs.js';
import { captureOf, sampleMachine, sampleWishes } from './random-kernel.js';
import { scenario, shipped, traceLines, withTrace } from './shipped.js';

const core = new Core();
core.reset(4096, 48, 0, {});
const NOTHING = core.counters();

const sumOf = (shares: readonly { counters: Counters }[]) =>
  shares.reduce((sum, { counters }) => addCounters(sum, counters), NOTHING);

function asked(name: string, from = scenario(name)): { askers: Askers; counters: Counters } {
  const watch = new AskerWatch();
  const { counters } = replay(core, from, [watch]);
  return { askers: watch.askers(), counters };
}

describe('shares', () => {
  it.each(shipped)('of %s add up to what was counted', (name) => {
    const { askers, counters } = asked(name);
    expect(counters.calls).toBeGreaterThan(0);
    expect(sumOf(askers.tasks)).toEqual(counters);
    expect(sumOf(askers.callers)).toEqual(counters);
  });

  it('add up on any machine and for any kernel, and looking on changes nothing', () => {
    fc.assert(
      fc.property(sampleMachine, sampleWishes, (machine, wishes) => {
        const { scenario: captured, counters } = captureOf(machine, wishes);
        const watch = new AskerWatch();
        const result = replay(core, captured, [new TimelineWatch(), watch]);
        expect(result.counters).toEqual(counters);
        expect(result.snapshots).toMatchObject([{ equal: true }]);
        const { tasks, callers } = watch.askers();
        expect(sumOf(tasks)).toEqual(counters);
        expect(sumOf(callers)).toEqual(counters);
      }),
      { numRuns: runs(40) },
    );
  });

  it('are those of the calls in the trace, by task and by entry point', () => {
    const { askers } = asked('4k-bbml2/load-small');
    const calls = [...scenario('4k-bbml2/load-small').trace.calls].filter((call) => call.kind === 'change');
    for (const { task, comm, pid, counters } of askers.tasks) {
      expect(counters.calls).toBe(calls.filter((call) => call.task === task).length);
      expect(task).toBe(`${comm}-${pid}`);
    }
    for (const share of askers.callers) {
      const own = calls.filter((call) => (call.entry || call.caller) === share.function);
      expect([share.function, share.counters.calls]).toEqual([share.function, own.length]);
      expect(share.from).toEqual([]);
    }
    expect(askers.callers.map((share) => share.function)).toContain('set_memory_ro');
  });

  it('go further up where the trace has stacks', () => {
    const frames = [
      'update_range_prot',
      'change_memory_common',
      'set_memory_ro',
      'module_enable_rodata_ro',
      'load_module',
    ];
    const lines = traceLines('4k-bbml2/load-small').flatMap((line) =>
      / upd: .*start=0xffff0000/.test(line) && /insm-13\d/.test(line)
        ? [line, ...frames.map((frame) => ` => ${frame}`)]
        : [line],
    );
    const spoilt = withTrace('4k-bbml2/load-small', lines);
    const { askers, counters } = asked('', spoilt);
    expect(askers.callers).toContainEqual(
      expect.objectContaining({
        function: 'set_memory_ro',
        from: ['module_enable_rodata_ro', 'load_module'],
        purpose: 'module load',
      }),
    );
    expect(sumOf(askers.callers)).toEqual(counters);
  });
});

it.each<[string | null, string[]]>([
  ['module load', ['set_memory_x', 'module_enable_text_rox', 'load_module']],
  ['module unload', ['set_direct_map_default_noflush', 'vm_reset_perms', 'vfree', 'free_module']],
  ['BPF', ['set_memory_rox', 'bpf_prog_pack_alloc', 'bpf_int_jit_compile', '__arm64_sys_bpf']],
  ['secretmem', ['set_direct_map_invalid_noflush', 'secretmem_fault', '__do_fault']],
  ['KFENCE', ['set_memory_valid', 'kfence_protect', 'kfence_guarded_free']],
  ['vfree', ['set_direct_map_invalid_noflush', 'vm_reset_perms', 'vfree', 'process_one_work']],
  ['debug_pagealloc', ['__kernel_map_pages']],
  [null, ['set_memory_ro', 'my_driver_probe']],
  // The probe's own functions are on the stack of its event.
  [null, ['kprobe_trace_func', 'kprobe_dispatcher', 'set_memory_ro']],
])('%s', (purpose, functions) => {
  expect(purposeOf(functions)).toBe(purpose);
});
