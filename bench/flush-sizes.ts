// flush_tlb_kernel_range() at the sizes where it decides otherwise: workloads flush few sizes, and none of these.
import type { Core, System } from '../src/core/core.js';
import { OperationList } from '../src/core/operations.js';
import { resetToMachine, runningSystem } from '../src/kernel/boot.js';
import type { FlushRecord } from '../src/record/run.js';
import { COMPARISON_MEMORY, CONFIGURATIONS, machineOf, REGIMES } from './configurations.js';

/** CPUs that flush in different ways. */
const CPUS: readonly { cpu: string; system: System }[] = [
  { cpu: 'single', system: { tlbiRange: false } },
  { cpu: 'range', system: { tlbiRange: true } },
  { cpu: 'range-lpa2', system: { tlbiRange: true, lpa2: true } },
  { cpu: 'range-repeat', system: { tlbiRange: true, repeatTlbi: true } },
];

/** A range operation of scale s covers 1 to 32 times 2^(5s+1) pages; at most 32 * 2^16 pages go in ranges at all. */
const SCALE_PAGES = [2, 64, 2048, 65_536, 2_097_152];
/** The first is on a boundary of 64K, which LPA2 asks for; the others are not. */
const FIRST_PAGES = [0, 1];

/** Every granule on every CPU: flushes of one page less, as many, and one page more than each limit. */
export function flushSizes(core: Core): FlushRecord[] {
  return REGIMES.flatMap((regime) =>
    CPUS.filter(({ system }) => !system.lpa2 || regime.granule < 65_536).map(({ cpu, system }) => {
      const machine = machineOf(regime, CONFIGURATIONS[0] as (typeof CONFIGURATIONS)[0], COMPARISON_MEMORY);
      resetToMachine(core, machine);
      core.setSystem({ ...runningSystem(machine), ...system });
      const flushes = FIRST_PAGES.flatMap((firstPage) =>
        sizesOf(regime.granule).map((pages) => {
          const list = new OperationList();
          const start = machine.pageOffset + firstPage * regime.granule;
          list.push(core.operation.flush, 0, start, pages * regime.granule);
          core.resetCounters();
          core.run(list);
          const { tlbi, dsbIshst, dsbIsh, isb } = core.counters();
          return { firstPage, pages, tlbi, dsbIshst, dsbIsh, isb };
        }),
      );
      return { ...regime, cpu, flushes };
    }),
  );
}

/** Without range operations, MAX_DVM_OPS is the entries of one table. */
function sizesOf(granule: number): number[] {
  const limits = [...SCALE_PAGES, granule / 8];
  const around = limits.flatMap((pages) => [pages - 1, pages, pages + 1]);
  return [...new Set(around)].sort((a, b) => a - b);
}
