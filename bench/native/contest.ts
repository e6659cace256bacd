// What a contest is: one path in WASM, in C and, where there is a twin, in plain TypeScript, on maps that are proven equal.
import { constant, constants } from '../../src/core/constants.js';
import { Core, type Prot } from '../../src/core/core.js';
import type { OperationList } from '../../src/core/operations.js';
import { type BuildOptions, resetToMachine, runningSystem } from '../../src/kernel/boot.js';
import type { Machine } from '../../src/machine/machine.js';
import type { Batch } from '../../src/measure/sample.js';
import type { HotPath } from '../../src/record/run.js';
import { bitsOfCore } from '../hot-path/twin/bits.js';
import { TwinMap } from '../hot-path/twin/linear-map.js';
import { bytesOf, type Twin } from './twin.js';

export interface NativeCase {
  readonly path: HotPath;
  /** What is timed, in words. */
  readonly title: string;
  /** What one operation is. */
  readonly operation: string;
  /** What C does, where it is not what WASM does. */
  readonly against?: string;
  /** Most of its time goes into loops that a compiler makes vectors of. */
  readonly vectors?: boolean;
  /** WASM time by C time that is to be reached. */
  readonly target: number;
  /** Builds the maps, and the batches that work on them. @throws Error where WASM and C do not do the same. */
  readonly start: (twin: Twin, size?: number) => Promise<Contest>;
}

export interface Contest {
  readonly wasm: Batch;
  readonly native: NativeBatch;
  readonly typescript?: Batch;
}

/** The same operations in C; by its own clock. */
export interface NativeBatch {
  /** Where C does less or more of them in a batch than WASM. */
  readonly operations?: number;
  readonly prepare?: () => Promise<void>;
  /** Returns nanoseconds. */
  readonly run: () => Promise<number>;
}

export interface Mapping {
  pa: number;
  va: number;
  size: number;
  flags: { noBlock: boolean; noCont: boolean };
}

const PROT: Prot = 'kernelTagged';
const LIMITS = ['blockMappings', 'contMappings', 'execMappings'] as const;
const HASH = 0x811c9dc5;

/** A core and the C twin, kept in the same state. Neither lpa2 nor nG nor BTI: the twin has none of them. */
export class NativePair {
  readonly core = new Core();
  readonly #exports = this.core.raw as unknown as WebAssembly.Exports;
  /** Taken first: it makes a small map to look at. */
  readonly #bits = bitsOfCore(this.core);

  constructor(readonly twin: Twin) {}

  /** An empty map in plain TypeScript with room for `tables` tables. */
  typescriptMap(tables: number): TwinMap {
    return new TwinMap(this.#bits, tables);
  }

  /** An empty machine in the core. */
  resetCore(machine: Machine, options: BuildOptions): void {
    resetToMachine(this.core, machine, options);
  }

  /** An empty machine in the twin, its tables where the core has them. */
  async resetTwin(machine: Machine, options: BuildOptions): Promise<void> {
    const flags = this.core.systemFlags(runningSystem(machine, options));
    const { granule, vaBits } = machine;
    const at = this.core.raw.tablesAddress();
    await this.twin.ask(['machine', Math.log2(granule), vaBits, at, flags]);
  }

  mapInCore({ pa, va, size, flags }: Mapping): void {
    if (this.core.mapRange(pa, va, size, PROT, { ...flags, noExec: true }) !== 0)
      throw new RangeError('this range cannot be mapped');
  }

  /** Nanoseconds that it took, `times` times over. */
  async mapInTwin({ pa, va, size, flags }: Mapping, times = 1): Promise<number> {
    const limit = constants(this.#exports, 'NO', LIMITS);
    const bits =
      (flags.noBlock ? limit.blockMappings : 0) |
      (flags.noCont ? limit.contMappings : 0) |
      limit.execMappings;
    const prot = constants(this.#exports, 'PROT', [PROT])[PROT];
    const [ns] = await this.twin.ask(['map', pa, unsigned(va), size, prot, bits, times]);
    return ns as number;
  }

  /** Hands the operations over: `run` works on them from now on. */
  async feedOperations(list: OperationList): Promise<void> {
    const words = list.words.subarray(0, (list.length * this.core.operation.bytes) / 4);
    await this.twin.ask(['operations', list.length], bytesOf(words));
  }

  /** Starts an empty event log in both, or ends logging. */
  async resetLog(on: boolean): Promise<void> {
    this.core.resetLog(on);
    await this.twin.ask(['log', on ? 1 : 0]);
  }

  /** @throws Error where counters, tables, logs or, with a list, results differ */
  async requireEqual(list?: OperationList): Promise<void> {
    const { raw } = this.core;
    const { tables, results, log } = await this.requireEqualCounters();
    if (list !== undefined) {
      const own = checksum(
        HASH,
        Uint32Array.from({ length: list.length }, (_, i) => list.result(i)),
      );
      if (own !== results) throw new Error('WASM and C have other results');
    }
    if (this.#logChecksum() !== log) throw new Error('WASM and C have other logs');
    const words = new Uint32Array(raw.memory.buffer, raw.tablesAddress(), raw.storedBytes() / 4);
    if (checksum(HASH, words) !== tables) throw new Error('WASM and C have other tables');
  }

  /** @throws Error that names the first counter that differs */
  async requireEqualCounters(): Promise<{ tables: number; results: number; log: number }> {
    const { raw } = this.core;
    const [tables = 0, results = 0, log = 0, ...theirs] = await this.twin.ask(['check']);
    const ours = Array.from(
      new BigUint64Array(raw.memory.buffer, raw.countersAddress(), theirs.length),
      Number,
    );
    const slot = theirs.findIndex((value, i) => value !== ours[i]);
    if (slot >= 0) throw new Error(`counter ${slot}: ${ours[slot]} in WASM, ${theirs[slot]} in C`);
    return { tables, results, log };
  }

  /** Of how many events there were, and of those that the log holds. */
  #logChecksum(): number {
    const { raw } = this.core;
    const events = raw.logEvents();
    const held = Math.min(events, constant(this.#exports, 'LOG_CAPACITY'));
    const words = new Uint32Array(raw.memory.buffer, raw.logAddress(), 2 * held);
    return checksum(checksum(HASH, Uint32Array.of(events)), words);
  }
}

/** The twin's checksum(): FNV-1a over 32-bit words. */
export function checksum(hash: number, words: Uint32Array): number {
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] as number), 0x01000193);
  return hash >>> 0;
}

export const EMPTY_CHECKSUM = HASH;

function unsigned(va: number): bigint {
  return BigInt.asUintN(64, BigInt(va));
}
