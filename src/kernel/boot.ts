// The boot, as far as the linear map goes: what map_mem() decides, maps and later makes read-only.
// Order and conditions: map_mem(), linear_map_maybe_split_to_ptes(), mark_linear_text_alias_ro(), mark_rodata_ro().
import type { Core, System } from '../core/core.js';
import { OperationList } from '../core/operations.js';
import type { Address } from '../io/address.js';
import { kernelParameter } from '../machine/command-line.js';
import { repeatTlbiCore, TLBI_RANGE_DEFAULT } from '../machine/cpu.js';
import type { Machine } from '../machine/machine.js';

/**
 * `mapped`: as map_mem() leaves it. `repainted`: all CPUs are up; an asymmetric machine has gone back to pages,
 * and KPTI has marked everything non-global. `final`: with the read-only aliases of the image.
 */
export type Stage = 'mapped' | 'repainted' | 'final';
export const STAGES: readonly Stage[] = ['mapped', 'repainted', 'final'];

/** Choices of the simulation that no machine has. */
export interface BuildOptions {
  /** Store every table, even those that one formula describes. Changes memory and time, nothing else. */
  storeUniformTables?: boolean;
  /** Barriers are batched in lazy MMU sections (6.16 and later). Default true. */
  lazyMmu?: boolean;
  /** The linear map has no contiguous groups (series v3). */
  noContiguous?: boolean;
  /** Where permissions of the linear map may change, it is mapped by pages, whatever the CPU (6.17 and earlier). */
  pagesOnly?: boolean;
}

export interface LinearMapPolicy {
  /** Blocks and contiguous groups are not used for memory banks. */
  forcePages: boolean;
  /** set_direct_map_*() do anything. */
  canSetDirectMap: boolean;
  /** Leaves are split on demand. */
  requiresBbml2: boolean;
}

/** force_pte_mapping(), can_set_direct_map() and linear_map_requires_bbml2, as map_mem() finds them. */
export function linearMapPolicy(machine: Machine): LinearMapPolicy {
  const { debugPagealloc, bbml2, kfence } = machine;
  const alias = machine.rodata === 'full';
  const forcePages = debugPagealloc || (!bbml2 && (alias || kfence.late));
  const canSetDirectMap = alias || debugPagealloc || kfence.late;
  return {
    forcePages,
    canSetDirectMap,
    requiresBbml2: machine.linearMapRequiresBbml2 ?? (!forcePages && canSetDirectMap),
  };
}

/** VA of a PA in the linear map. */
export function linearVa(machine: Machine, pa: number): Address {
  return pa - machine.physOffset + machine.pageOffset;
}

/** What the running kernel is after boot, when modules are loaded. */
export function runningSystem(machine: Machine, options: BuildOptions = {}): System {
  return {
    requiresBbml2: options.pagesOnly ? false : linearMapPolicy(machine).requiresBbml2,
    hasBbml2: machine.bbml2 && machine.bbml2AllCpus,
    capsFinal: true,
    smp: true,
    pageAllocator: true,
    tlbiRange: TLBI_RANGE_DEFAULT,
    repeatTlbi: machine.midr !== null && repeatTlbiCore(machine.midr) !== null,
    lpa2: machine.lpa2,
    nonGlobal: machine.nonGlobal,
    rodataReadOnly: machine.rodata !== 'off',
    lazyMmu: options.lazyMmu ?? true,
    uniformTables: !(options.storeUniformTables ?? false),
    pagesOnly: options.pagesOnly ?? false,
  };
}

/** Empties the core for a machine that is up and running, before a captured map is loaded into it. */
export function resetToMachine(core: Core, machine: Machine, options: BuildOptions = {}): void {
  core.reset(machine.granule, machine.vaBits, machine.pageEnd, runningSystem(machine, options));
  const { pool } = machine.kfence;
  if (pool) core.raw.setKfencePool(linearVa(machine, pool.start), linearVa(machine, pool.start + pool.size));
}

/**
 * Builds a machine's linear map up to a stage and leaves the core as the running system it then is. Counters hold
 * the stores and tables of the build.
 */
export function bootLinearMap(core: Core, machine: Machine, stage: Stage, options: BuildOptions = {}): void {
  resetToMachine(core, machine, options);
  const running = runningSystem(machine, options);
  const booting = { ...running, rodataReadOnly: false };
  const lateNonGlobal = machine.nonGlobal && !nonGlobalFromTheStart(machine);
  core.setSystem({ ...booting, nonGlobal: machine.nonGlobal && !lateNonGlobal });
  core.raw.linkSharedRootEntry();
  mapMemory(core, machine, options);
  if (stage === 'mapped') return;

  if (linearMapPolicy(machine).requiresBbml2 && !machine.bbml2AllCpus) repaint(core, machine);
  if (lateNonGlobal) {
    core.raw.installNonGlobal();
    core.setSystem(booting);
  }
  if (stage === 'repainted') return;

  makeImageReadOnly(core, machine);
  core.setSystem(running);
}

/** map_mem(): KFENCE's pool, then the image's aliases, then the banks over them. */
function mapMemory(core: Core, machine: Machine, options: BuildOptions): void {
  const { forcePages, canSetDirectMap } = linearMapPolicy(machine);
  const pages = forcePages || (options.pagesOnly === true && canSetDirectMap);
  const flags = { noBlock: pages, noCont: pages || options.noContiguous === true, noExec: true };
  const map = (start: number, size: number, how = flags) =>
    requireTables(core.mapRange(start, linearVa(machine, start), size, 'kernelTagged', how));

  const { pool } = machine.kfence;
  if (pool) map(pool.start, pool.size, { noBlock: true, noCont: true, noExec: true });
  if (machine.image) {
    const { text, initBegin, initEnd, bssStop } = machine.image;
    map(text, initBegin - text);
    map(initEnd, bssStop - initEnd);
  }
  for (const bank of machine.memory) if (!bank.noMap) map(bank.start, bank.size);
}

/**
 * linear_map_split_to_ptes(): the boot CPU may split but some other may not, so everything but the alias of the
 * image's text goes back to pages.
 */
function repaint(core: Core, machine: Machine): void {
  const { pageOffset, pageEnd, image } = machine;
  const list = new OperationList();
  const split = (start: Address, end: Address) =>
    list.push(core.operation.splitToPages, 0, start, end - start);
  if (image) {
    split(pageOffset, linearVa(machine, image.stext));
    split(linearVa(machine, image.initBegin), pageEnd);
  } else {
    split(pageOffset, pageEnd);
  }
  list.push(core.operation.flush, 0, pageOffset, pageEnd - pageOffset);
  core.run(list);
  requireTables(list.firstError());
}

/** The aliases keep their layout and lose their write permission, and with it the tagged memory type. */
function makeImageReadOnly(core: Core, machine: Machine): void {
  if (!machine.image) return;
  const { text, initBegin, initEnd, bssStop } = machine.image;
  const makeReadOnly = (start: number, end: number) =>
    requireTables(core.mapRange(start, linearVa(machine, start), end - start, 'kernelRo'));
  makeReadOnly(text, initBegin);
  if (machine.rodata !== 'off') makeReadOnly(initEnd, bssStop);
}

/**
 * KPTI that KASLR needs is decided before the first mapping, so that all descriptors are made non-global but
 * tables stay unmarked. Asked for with `kpti=`, or found necessary by a CPU's bugs, it comes after boot.
 */
function nonGlobalFromTheStart({ commandLine }: Machine): boolean {
  const words = commandLine.split(/\s+/);
  return commandLine !== '' && !words.includes('nokaslr') && kernelParameter(commandLine, 'kpti') === null;
}

function requireTables(ret: number): void {
  if (ret !== 0) throw new Error(`the boot cannot go on: error ${ret}`);
}
