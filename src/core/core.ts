// The typed surface over one instance of the simulated machine. No descriptor is computed here.
import { type Address, fromWords } from '../io/address.js';
import { constant, constants, patterns } from './constants.js';
import { type Counters, counterReader } from './counters.js';
import { InstancePool } from './instance-pool.js';
import type { CoreExports } from './module.js';
import { type Masks, masks, type OperationList, RECORD_WORDS } from './operations.js';
import { Readout, type Run, type RunVisitor, type Translation } from './readout.js';

const SYSTEM = [
  'requiresBbml2',
  'hasBbml2',
  'capsFinal',
  'smp',
  'pageAllocator',
  'tlbiRange',
  'repeatTlbi',
  'lpa2',
  'nonGlobal',
  'bti',
  'rodataReadOnly',
  'lazyMmu',
  'uniformTables',
  'pagesOnly',
] as const;
/** What the running kernel and its CPUs are; each name is a SYSTEM_ flag of the core. */
type SystemFlag = (typeof SYSTEM)[number];
export type System = Readonly<Partial<Record<SystemFlag, boolean>>>;

const PERMISSIONS = ['ro', 'rw', 'nx', 'x', 'valid', 'invalid', 'default', 'decrypted', 'encrypted'] as const;
/** A permission change, by the entry point that makes it. */
export type Permission = (typeof PERMISSIONS)[number];

const PROTS = ['kernel', 'kernelTagged', 'kernelRo'] as const;
export type Prot = (typeof PROTS)[number];

const OPERATIONS = [
  'change',
  'changeSeriesV3',
  'flush',
  'flushAll',
  'split',
  'splitToPages',
  'failAllocations',
  'kfencePool',
  'chained',
  'noFlush',
  'skipped',
  'capacity',
  'bytes',
] as const;

/** Fields of descriptors; `tablePxn` of those that lead to tables. */
const BITS = [
  'valid',
  'presentInvalid',
  'readOnly',
  'write',
  'contiguous',
  'typeMask',
  'pxn',
  'uxn',
  'user',
  'accessFlag',
  'attrIndex',
  'tablePxn',
] as const;

const LEAVES = ['pud', 'pmdCont', 'pmd', 'pteCont', 'pte'] as const;
const TABLES = ['p4d', 'pud', 'pmd', 'pte'] as const;

/** Leaf descriptors by kind; `pmdCont` and `pteCont` count descriptors, not groups. */
export type LeafCounts = Record<(typeof LEAVES)[number], number>;
/** Tables below the root, by what their entries are. */
export type TableCounts = Record<(typeof TABLES)[number], number>;

export interface Summary {
  leaves: LeafCounts;
  tables: TableCounts;
  readOnlyBytes: number;
  invalidBytes: number;
}

export interface Geometry {
  granule: number;
  granuleShift: number;
  vaBits: number;
  rootLevel: number;
  pageOffset: Address;
  pageEnd: Address;
  /** Bytes of one entry at `level`. */
  levelSize(level: number): number;
  /** Bytes of a contiguous group at `level`; 0 where there is none. */
  contiguousSize(level: number): number;
}

const POOL = new InstancePool();

export class Core {
  readonly operation: Readonly<Record<(typeof OPERATIONS)[number], number>>;
  /** Bits that readers of a map need to tell leaves apart. */
  readonly bits: Readonly<Record<(typeof BITS)[number], bigint>>;
  readonly raw: CoreExports;
  readonly counters: () => Counters;
  #geometry: Geometry | undefined;
  readonly #system: Readonly<Record<SystemFlag, number>>;
  readonly #permission: Readonly<Record<Permission, number>>;
  readonly #prot: Readonly<Record<Prot, number>>;
  readonly #mapping: { noBlock: number; noCont: number; noExec: number };
  readonly #summaryLeaves: Readonly<Record<(typeof LEAVES)[number], number>>;
  readonly #summaryTables: Readonly<Record<(typeof TABLES)[number], number>>;
  readonly #log: { kindMask: number; capacity: number };
  readonly #exports: WebAssembly.Exports;
  readonly #readout: Readout;
  /** What others may have when this core ends. */
  #lent: WebAssembly.Instance | null;

  /** @param instance of any build, for this core alone */
  constructor(instance?: WebAssembly.Instance) {
    this.#lent = instance ? null : POOL.take();
    const { exports } = instance ?? (this.#lent as WebAssembly.Instance);
    this.#exports = exports;
    this.#readout = new Readout(exports);
    this.raw = exports as unknown as CoreExports;
    this.operation = constants(exports, 'OPERATION', OPERATIONS);
    if (this.operation.bytes !== 4 * RECORD_WORDS)
      throw new Error(`the core has operations of ${this.operation.bytes} bytes`);
    this.#system = constants(exports, 'SYSTEM', SYSTEM);
    this.#permission = constants(exports, 'PERMISSION', PERMISSIONS);
    this.#prot = constants(exports, 'PROT', PROTS);
    this.#mapping = {
      noBlock: constant(exports, 'NO_BLOCK_MAPPINGS'),
      noCont: constant(exports, 'NO_CONT_MAPPINGS'),
      noExec: constant(exports, 'NO_EXEC_MAPPINGS'),
    };
    this.#summaryLeaves = constants(exports, 'SUMMARY_LEAVES', LEAVES);
    this.#summaryTables = constants(exports, 'SUMMARY_TABLES', TABLES);
    this.#log = {
      kindMask: constant(exports, 'LOG_KIND_MASK'),
      capacity: constant(exports, 'LOG_CAPACITY'),
    };
    this.bits = patterns(exports, BITS);
    const block = () => new BigUint64Array(this.raw.memory.buffer, this.raw.countersAddress(), 32);
    this.counters = counterReader(exports, block);
  }

  /** Starts an empty machine. `pageEnd` is where the linear map's VA range ends (PAGE_END). */
  reset(granule: number, vaBits: number, pageEnd: Address, system: System, realmIpaBits = 0): void {
    const granuleShift = Math.log2(granule);
    const raw = this.raw;
    raw.reset(granuleShift, vaBits, pageEnd, this.systemFlags(system), realmIpaBits);
    raw.resetCounters();
    raw.resetLog(0);
    this.#geometry = {
      granule,
      granuleShift,
      vaBits,
      rootLevel: raw.geometryRootLevel(),
      pageOffset: raw.geometryPageOffset(),
      pageEnd,
      levelSize: (level) => raw.geometryLevelSize(level),
      contiguousSize: (level) => raw.geometryContiguousSize(level),
    };
  }

  /**
   * Leaves the core's memory to others that are made later. Neither it nor what was made on it may be used any more.
   * A core that is merely dropped costs more time, and is no error.
   */
  end(): void {
    this.#geometry = undefined;
    if (this.#lent) POOL.giveBack(this.#lent);
    // A second call would have two cores share it.
    this.#lent = null;
  }

  get geometry(): Geometry {
    if (!this.#geometry) throw new Error('the core has not been reset to a machine yet');
    return this.#geometry;
  }

  /** Replaces what the kernel and its CPUs are, keeping the tables. */
  setSystem(system: System, realmIpaBits = 0): void {
    this.raw.setSystem(this.systemFlags(system), realmIpaBits);
  }

  /** Maps a range greedily, as the boot does. Returns 0 or a negative errno. */
  mapRange(
    pa: number,
    va: Address,
    size: number,
    prot: Prot,
    flags: { noBlock?: boolean; noCont?: boolean; noExec?: boolean } = {},
  ): number {
    const bits =
      (flags.noBlock ? this.#mapping.noBlock : 0) |
      (flags.noCont ? this.#mapping.noCont : 0) |
      (flags.noExec ? this.#mapping.noExec : 0);
    return this.#guard(() => this.raw.mapRange(pa, va, size, this.#prot[prot], bits));
  }

  /** The masks of a permission change on the machine in force (nG and BTI change them). */
  permission(permission: Permission): Masks {
    const code = this.#permission[permission];
    return masks(
      BigInt.asUintN(64, this.raw.permissionSet(code)),
      BigInt.asUintN(64, this.raw.permissionClear(code)),
    );
  }

  /** Runs a list in order; results are read from the list afterwards. */
  run(list: OperationList): void {
    const { capacity } = this.operation;
    for (let done = 0; done < list.length; done += capacity) {
      this.runSlice(list, done, Math.min(list.length, done + capacity));
    }
  }

  /**
   * Runs operations [from, to) of a list.
   * @throws RangeError where they are more than the core has room for
   */
  runSlice(list: OperationList, from: number, to: number): void {
    const { capacity } = this.operation;
    if (to - from > capacity)
      throw new RangeError(`${to - from} operations; the core takes ${capacity} at once`);
    const words = list.words.subarray(from * RECORD_WORDS, to * RECORD_WORDS);
    const { raw } = this;
    new Uint32Array(raw.memory.buffer, raw.operationsBuffer(), words.length).set(words);
    this.#guard(() => raw.runOperations(to - from, from > 0 ? 1 : 0));
    list.results.set(new Int32Array(raw.memory.buffer, raw.operationResults(), to - from), from);
  }

  /** The leaf that translates `va`, or null where an entry on the way is empty. */
  walk(va: Address): Translation | null {
    return this.#readout.walk(va, this.bits);
  }

  /** All runs of the linear map, leaves and tables, in address order; adjacent ones may belong together. */
  runs(): Generator<Run> {
    return this.#readout.runs(this.geometry);
  }

  /** The same one by one without an object for each, for maps of millions of runs. */
  eachRun(visit: RunVisitor): void {
    this.#readout.eachRun(this.geometry, visit);
  }

  summary(): Summary {
    this.raw.summarise();
    const slots = new BigUint64Array(this.raw.memory.buffer, this.raw.summaryAddress(), 16);
    const pick = <K extends string>(names: readonly K[], indices: Readonly<Record<K, number>>) =>
      Object.fromEntries(names.map((name) => [name, Number(slots[indices[name]])])) as Record<K, number>;
    return {
      leaves: pick(LEAVES, this.#summaryLeaves),
      tables: pick(TABLES, this.#summaryTables),
      readOnlyBytes: Number(slots[constant(this.#exports, 'SUMMARY_READ_ONLY_BYTES')]),
      invalidBytes: Number(slots[constant(this.#exports, 'SUMMARY_INVALID_BYTES')]),
    };
  }

  resetCounters(): void {
    this.raw.resetCounters();
  }

  /** Starts an empty event log, or ends logging. */
  resetLog(on: boolean): void {
    this.raw.resetLog(on ? 1 : 0);
  }

  /** Boundaries and splits since the log was reset: address and LOG_ kind. Throws where the log overflowed. */
  log(): { kind: number; va: Address }[] {
    const events: { kind: number; va: Address }[] = [];
    this.eachLogged((kind, va) => events.push({ kind, va }));
    return events;
  }

  /** The same one by one, for replays of millions of calls. */
  eachLogged(visit: (kind: number, va: Address) => void): void {
    const events = this.raw.logEvents();
    if (events > this.#log.capacity)
      throw new Error(`the event log holds ${this.#log.capacity}, not ${events}`);
    const words = new Int32Array(this.raw.memory.buffer, this.raw.logAddress(), events * 2);
    for (let at = 0; at < words.length; at += 2) {
      const low = words[at] as number;
      const kind = low & this.#log.kindMask;
      visit(kind, fromWords(low - kind, words[at + 1] as number));
    }
  }

  logKind(
    name: 'boundary' | 'splitPudToContPmd' | 'splitPudToPmd' | 'splitPmdToContPte' | 'splitPmdToPte',
  ): number {
    return constants(this.#exports, 'LOG', [name])[name];
  }

  /** SYSTEM_ flags as one word. */
  systemFlags(system: System): number {
    let flags = 0;
    for (const name of SYSTEM) if (system[name]) flags |= this.#system[name];
    return flags;
  }

  /** The core traps when its 4 GiB are used up; anything else that traps is a bug and goes on as it is. */
  #guard<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      if (this.raw.outOfMemory.value) throw new RangeError('the tables of this machine need more than 4 GiB');
      throw error;
    }
  }
}
