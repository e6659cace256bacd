/** A booted machine with a TLB simulator on it, for tests that name single pages. */
import { Core } from '../../../src/core/core.js';
import { OperationList } from '../../../src/core/operations.js';
import { type AccessClass, CLASS } from '../../../src/estimate/access.js';
import { type TlbOptions, TlbSimulator } from '../../../src/estimate/tlb-simulator.js';
import { type BuildOptions, bootLinearMap } from '../../../src/kernel/boot.js';
import type { FlatCoreModel } from '../../../src/machine/cores/core-model.js';
import { describeMachine, type SyntheticMachine } from '../../../src/machine/synthetic.js';

export interface Rig {
  readonly core: Core;
  readonly simulator: TlbSimulator;
  /** VA of a byte of memory. */
  at(pa: number): number;
  /** Accesses pages by PA (linear map) or VA (other classes). */
  touch(places: Iterable<number>, kind?: AccessClass): void;
  /** set_memory_ro() of so many bytes of the linear map. */
  makeReadOnly(pa: number, size: number, flush: boolean): void;
  split(pa: number, size: number): void;
  flush(pa: number, size: number): void;
}

export function rig(
  machine: Partial<SyntheticMachine>,
  model: FlatCoreModel,
  options: TlbOptions = { blocking: true },
  build: BuildOptions = {},
): Rig {
  const core = new Core();
  const described = describeMachine({ granule: 4096, vaBits: 48, memory: 2 ** 34, bbml2: true, ...machine });
  bootLinearMap(core, described, 'final', build);
  const simulator = new TlbSimulator(core, model, options);
  const at = (pa: number) => described.pageOffset + pa;
  const run = (opcode: number, flags: number, pa: number, size: number) => {
    const list = new OperationList();
    list.push(opcode, flags, at(pa), size, core.permission('ro'));
    core.run(list);
    if (list.firstError() !== 0) throw new Error(`error ${list.firstError()}`);
  };
  const { change, noFlush, split, flush } = core.operation;
  return {
    core,
    simulator,
    at,
    touch(places, kind = 'linearMap') {
      const words = Array.from(places, (place) => {
        const va = kind === 'linearMap' ? at(place) : place;
        return BigInt.asUintN(64, BigInt(va)) | BigInt(CLASS[kind] << 1);
      });
      simulator.run(BigUint64Array.from(words));
    },
    makeReadOnly: (pa, size, withFlush) => run(change, withFlush ? 0 : noFlush, pa, size),
    split: (pa, size) => run(split, 0, pa, size),
    flush: (pa, size) => run(flush, 0, pa, size),
  };
}

export function* pages(count: number, stride = 4096): Generator<number> {
  for (let i = 0; i < count; i++) yield i * stride;
}
