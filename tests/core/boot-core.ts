/** The same machine for both sides: what the model describes, as the harness has it, booted in the core. */
import type { Core, System } from '../../src/core/core.js';
import { type BuildOptions, bootLinearMap, runningSystem, type Stage } from '../../src/kernel/boot.js';
import type { Machine } from '../../src/machine/machine.js';
import { geometryOfMachine, type ModelMachine, physOffsetOf } from '../model/machine.js';

/** A Neoverse-V3 r0p2: on the list of the repeat-TLBI workaround. */
const REPEATS_TLBI = 0x410fd842;

export function machineOf(machine: ModelMachine): Machine {
  const { granule, vaBits, lpa2, nonGlobal, image, kfence } = machine;
  const { pageOffset, pageEnd } = geometryOfMachine(machine);
  const pool = typeof kfence === 'object' ? kfence : null;
  const late = kfence === 'late';
  return {
    name: '',
    kernel: '',
    commandLine: machine.nonGlobalEarly ? 'console=ttyAMA0' : 'nokaslr',
    granule,
    vaBits,
    vaBitsBuild: vaBits,
    lpa2,
    nonGlobal,
    pageOffset,
    pageEnd,
    physOffset: physOffsetOf(machine),
    rodata: machine.rodataFull ? 'full' : machine.rodataEnabled ? 'on' : 'off',
    bbml2: machine.bbml2,
    bbml2AllCpus: machine.bbml2AllCpus,
    midr: machine.repeatTlbi ? REPEATS_TLBI : null,
    linearMapRequiresBbml2: null,
    kfence: { early: pool !== null, late, objects: pool || late ? 255 : 0, pool },
    memory: machine.memory
      .map(({ start, size, noMap }) => ({ start, size, noMap: noMap === true }))
      .sort((a, b) => a.start - b.start),
    image: image && { ...image, startRodata: image.stext },
    debugPagealloc: machine.debugPagealloc,
    memTotalKiB: null,
  };
}

/** The running system; features that no machine description has come from the model's. */
export function systemOf(machine: ModelMachine, options: BuildOptions = {}): System {
  const { bti, tlbiRange } = machine;
  return { ...runningSystem(machineOf(machine), options), bti, tlbiRange };
}

/** Boots the machine and, past the first stage, leaves the core as the running system. */
export function bootCore(
  core: Core,
  machine: ModelMachine,
  stage: Stage = 'final',
  options: BuildOptions = {},
): void {
  bootLinearMap(core, machineOf(machine), stage, options);
  if (stage === 'mapped') return;
  const rodataReadOnly = stage === 'final' && machine.rodataEnabled;
  core.setSystem({ ...systemOf(machine, options), rodataReadOnly }, machine.realmIpaBits ?? 0);
}
