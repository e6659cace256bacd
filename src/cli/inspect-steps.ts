// From the best map of the same memory to the one at hand, step by step: what each cause adds.
import type { Core, LeafCounts, TableCounts } from '../core/core.js';
import { bootLinearMap, linearMapPolicy, linearVa } from '../kernel/boot.js';
import type { Machine } from '../machine/machine.js';
import { bestLeaves } from '../map/best-leaves.js';
import { type LinearMap, normalise } from '../map/linear-map.js';
import type { MachineRanges } from '../map/map-findings.js';
import { mapState } from '../map/map-state.js';
import { unionOf } from '../map/span.js';
import { summariseMap } from '../map/summary.js';

export interface Step {
  id: 'ideal' | 'image' | 'kfence' | 'pages' | 'attributes' | 'now';
  /** What is added by this step. */
  text: string;
  bytes: LeafCounts;
  tables: TableCounts;
  tableBytes: number;
}

/**
 * With a machine: its banks alone, then each thing that the boot has to respect, built by the core, then the map.
 * Without: what is mapped in the largest leaves, then with its attributes, then the map.
 * @throws RangeError where tables do not fit the core
 */
export function stepsToMap(core: Core, map: LinearMap, machine: Machine | null): Step[] {
  const { bytes, tables, tableBytes } = summariseMap(map, core.bits.contiguous);
  const before = machine ? bootSteps(core, machine) : attributeSteps(core, map);
  const text = machine ? 'changes since boot' : 'splits beyond that';
  return [...before, { id: 'now', text, bytes, tables, tableBytes }];
}

/** What the machine tells about addresses of its linear map. */
export function machineRanges(machine: Machine): MachineRanges {
  const { memory, pageOffset, physOffset, kfence, bbml2, bbml2AllCpus } = machine;
  const spanOf = ({ start, size }: { start: number; size: number }) => ({
    va: linearVa(machine, start),
    end: linearVa(machine, start + size),
  });
  const mapped = unionOf(memory.filter(({ noMap }) => !noMap).map(spanOf));
  const pool = kfence.pool ? spanOf(kfence.pool) : null;
  const pagesOnly = pool ? [{ ...pool, why: "KFENCE's pool" }] : [];
  if (linearMapPolicy(machine).forcePages) {
    const why = pagesReason(machine);
    pagesOnly.push(...mapped.map((span) => ({ ...span, why })));
  } else if (bbml2 && !bbml2AllCpus && machine.image && linearMapPolicy(machine).requiresBbml2) {
    // linear_map_split_to_ptes() leaves out the text of the image alone.
    const { stext, initBegin } = machine.image;
    const text = spanOf({ start: stext, size: initBegin - stext });
    for (const { va, end } of mapped) {
      const why = pagesReason(machine);
      if (va < text.va) pagesOnly.push({ va, end: Math.min(end, text.va), why });
      if (end > text.end) pagesOnly.push({ va: Math.max(va, text.end), end, why });
    }
  }
  return { offset: physOffset - pageOffset, memory: mapped, pagesOnly, pool };
}

function bootSteps(core: Core, machine: Machine): Step[] {
  const free: Machine = {
    ...machine,
    image: null,
    kfence: { early: false, late: false, objects: 0, pool: null },
    debugPagealloc: false,
    bbml2: true,
    bbml2AllCpus: true,
    linearMapRequiresBbml2: null,
  };
  const steps = [build(core, free, 'ideal', 'memory banks alone')];
  const { image, kfence } = machine;
  if (image) steps.push(build(core, { ...free, image }, 'image', 'image alias'));
  if (kfence.pool) {
    steps.push(build(core, { ...free, image, kfence }, 'kfence', 'KFENCE pool'));
  }
  const reason = pagesReason(machine);
  if (reason !== '') steps.push(build(core, machine, 'pages', reason));
  return steps;
}

/** Why the machine maps its memory by pages; empty where it does not. */
function pagesReason(machine: Machine): string {
  const { forcePages, requiresBbml2 } = linearMapPolicy(machine);
  if (machine.debugPagealloc) return 'pages: debug_pagealloc';
  if (forcePages) return 'pages: no BBML2';
  return requiresBbml2 && !machine.bbml2AllCpus ? 'pages again: CPUs without BBML2' : '';
}

function build(core: Core, machine: Machine, id: Step['id'], text: string): Step {
  bootLinearMap(core, machine, 'final');
  const { leafBytes, tables, tableBytes } = mapState(core);
  return { id, text, bytes: leafBytes, tables, tableBytes };
}

function attributeSteps(core: Core, given: LinearMap): Step[] {
  const map = normalise(given);
  const step = (id: Step['id'], text: string, keepAttributes: boolean): Step => {
    const best = summariseMap(bestLeaves(core, map, core.bits, { keepAttributes }), core.bits.contiguous);
    return { id, text, bytes: best.bytes, tables: best.tables, tableBytes: best.tableBytes };
  };
  return [step('ideal', 'what is mapped', false), step('attributes', 'attributes', true)];
}
