/** A core that writes down what a tracer would have seen while it ran: its calls, boundaries, splits, tables, flushes. */
import { Core, type Permission } from '../../src/core/core.js';
import { type OperationList, RECORD_WORDS } from '../../src/core/operations.js';
import { type Address, fromWords } from '../../src/io/address.js';
import { ALL_PROBES, hex, type Probes, TraceText } from './trace-text.js';

const ENOMEM = -12;
/** From the first linear page to the last vmalloc page: what a purge after a vfree() flushes. */
const TOP: Address = -(2 ** 31);

/** The function that makes a change of these permissions, as the return probe names it. */
const CALLERS: readonly (readonly [Permission, string])[] = [
  ['ro', 'change_memory_common'],
  ['rw', 'change_memory_common'],
  ['nx', 'change_memory_common'],
  ['x', 'change_memory_common'],
  ['default', 'set_direct_map_default_noflush'],
  ['valid', 'set_memory_valid'],
];

export class TracedCore extends Core {
  text = new TraceText();
  /** Nothing is written before. */
  tracing = false;

  /** Empties trace and counters and writes from now on. */
  startTrace(probes: Probes = ALL_PROBES): void {
    this.text = new TraceText(probes);
    this.tracing = true;
    this.resetCounters();
    this.text.marker('before', 'REQ').marker('before', 'DONE');
  }

  endTrace(): string {
    this.tracing = false;
    return this.text.marker('after', 'REQ').marker('after', 'DONE').toString();
  }

  override run(list: OperationList): void {
    if (!this.tracing) {
      super.run(list);
      return;
    }
    for (let i = 0; i < list.length; i++) {
      this.resetLog(true);
      this.runSlice(list, i, i + 1);
      this.#write(list, i);
    }
    this.resetLog(false);
  }

  #write(list: OperationList, index: number): void {
    const ret = list.result(index);
    if (ret === this.operation.skipped) return;
    const opcode = list.opcode(index);
    const { start, size } = record(list, index);
    if (opcode === this.operation.change) this.#writeChange(list, index, ret);
    else if (opcode === this.operation.flush) this.text.flush('secretmem_fault', start, start + size);
    else if (opcode === this.operation.flushAll) this.#writePurge();
    else throw new Error(`opcode ${opcode} is nothing that a tracer sees`);
  }

  #writeChange(list: OperationList, index: number, ret: number): void {
    const { text } = this;
    const { start, size, flags, masks } = record(list, index);
    const silent = (flags & this.operation.noFlush) !== 0;
    const caller = this.#callerOf(masks, silent);
    // The entry of change_memory_common() is one for a whole loop: whoever calls it writes that.
    if (caller !== 'change_memory_common') text.entry(caller, 'page=0xfffffdffc04f5980');
    text.update(start, size, masks);
    this.#writeSplits(ret === ENOMEM);
    text.updated(caller, ret);
    const { set, clear } = this.permission('valid');
    const validates = masks.set === set && masks.clear === clear;
    if (!silent && !validates) text.flush(caller, start, start + size);
  }

  /** Debian's compiler leaves the first check of a boundary in the caller: what begins a root entry is not seen. */
  #writeSplits(outOfTables: boolean): void {
    const { text, geometry } = this;
    const root = geometry.levelSize(geometry.rootLevel);
    const events = this.log();
    events.forEach(({ kind, va }, index) => {
      if (kind === this.logKind('boundary')) {
        if (va % root !== 0) text.boundary(va, '.part.0');
        return;
      }
      const pud = kind === this.logKind('splitPudToContPmd') || kind === this.logKind('splitPudToPmd');
      const contiguous =
        kind === this.logKind('splitPudToContPmd') || kind === this.logKind('splitPmdToContPte');
      const level = pud ? 'pud' : 'pmd';
      const failed = outOfTables && index === events.length - 1;
      text.split(level, contiguous).table(level, failed ? 'none' : 0x53d65000);
    });
  }

  /** arch_kfence_init_pool(): the list is its splitToPages and kfencePool operations. */
  runKfence(pool: Address, list: OperationList): void {
    this.text.probe('kfence_init', 'arch_kfence_init_pool', `pool=${hex(pool)}`);
    this.resetLog(true);
    super.run(list);
    this.#writeSplits(false);
    this.resetLog(false);
  }

  #writePurge(): void {
    const { pageOffset } = this.geometry;
    this.text.unmapAliases(true, pageOffset, TOP).flush('__purge_vmap_area_lazy', pageOffset, TOP);
  }

  #callerOf(masks: { set: bigint; clear: bigint }, silent: boolean): string {
    for (const [permission, caller] of CALLERS) {
      const known = this.permission(permission);
      if (known.set === masks.set && known.clear === masks.clear) return caller;
    }
    return silent ? 'set_direct_map_invalid_noflush' : 'set_memory_valid';
  }
}

/** The fields of one operation, read back from the record. */
export function record(list: OperationList, index: number) {
  const word = (at: number): number => list.words[index * RECORD_WORDS + at] as number;
  const wide = (at: number): bigint => (BigInt(word(at + 1)) << 32n) | BigInt(word(at));
  const [set, clear] = [wide(6), wide(8)];
  return {
    opcode: word(0),
    flags: word(1),
    start: fromWords(word(2), word(3)),
    size: fromWords(word(4), word(5)),
    masks: { set, clear, words: [word(6), word(7), word(8), word(9)] as [number, number, number, number] },
    result: list.result(index),
  };
}
