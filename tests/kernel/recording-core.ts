/** A core that keeps what it was asked to do: every operation that was not skipped, in order. */
import { Core } from '../../src/core/core.js';
import type { OperationList } from '../../src/core/operations.js';
import type { Address } from '../../src/io/address.js';
import { record } from '../capture/traced-core.js';

export interface Recorded {
  operation: string;
  start: Address;
  size: number;
  set: bigint;
  clear: bigint;
  flush: boolean;
  result: number;
}

export class RecordingCore extends Core {
  readonly recorded: Recorded[] = [];

  override run(list: OperationList): void {
    super.run(list);
    const names = new Map(
      (['change', 'changeSeriesV3', 'flush', 'flushAll'] as const).map((name) => [
        this.operation[name],
        name,
      ]),
    );
    for (let index = 0; index < list.length; index++) {
      const { opcode, flags, start, size, masks, result } = record(list, index);
      if (result === this.operation.skipped) continue;
      const operation = names.get(opcode) ?? String(opcode);
      const flush = (flags & this.operation.noFlush) === 0;
      this.recorded.push({ operation, start, size, set: masks.set, clear: masks.clear, flush, result });
    }
  }

  /** Forgets what was recorded and counted. */
  restart(): void {
    this.recorded.length = 0;
    this.resetCounters();
  }
}
