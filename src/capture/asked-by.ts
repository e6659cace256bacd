// Who asked for what a trace shows, and what each of them cost: every counted event of a replay belongs to one task
// and to one caller.
import type { Core } from '../core/core.js';
import { addCounts, CounterLedger, type CounterSlots, noCounts } from '../core/counter-ledger.js';
import type { Counters } from '../core/counters.js';
import type { CallList } from './call-list.js';
import { isEntryPoint } from './entry-points.js';
import type { Segment } from './plan.js';
import { purposeOf } from './purpose.js';
import type { ReplayWatch } from './replay-watch.js';

/** Functions beyond the entry point that are told apart. */
const STACK_CALLERS = 3;

/** What calls of one task cost. */
export interface TaskShare {
  /** As in the trace: `insmod-127`. */
  task: string;
  comm: string;
  /** null where the trace has none. */
  pid: number | null;
  counters: Counters;
}

/** What calls that came the same way cost. */
export interface CallerShare {
  /** Entry point, or the function that made the call where no entry point shows; empty where neither does. */
  function: string;
  /** Functions that called it, the nearest first, where the trace has stacks. */
  from: readonly string[];
  /** `module load`, `BPF`, …: see purpose.ts. */
  purpose: string | null;
  counters: Counters;
}

export interface Askers {
  /** In the order in which they first asked. */
  tasks: TaskShare[];
  callers: CallerShare[];
}

type Way = Omit<CallerShare, 'counters'>;

/** Takes down whom each call of a replay was made for. */
export class AskerWatch implements ReplayWatch {
  #ledger: CounterLedger | null = null;
  #calls: CallList | null = null;
  readonly #tasks = new Map<string, CounterSlots>();
  readonly #callers = new Map<string, { way: Way; counts: CounterSlots }>();
  /** Whose operations run now. */
  #task: CounterSlots | null = null;
  #caller: CounterSlots | null = null;

  begin(core: Core, calls: CallList): void {
    this.#ledger = new CounterLedger(core);
    this.#calls = calls;
  }

  pause(segment: Segment, from: number, to: number): number {
    this.#settle();
    const calls = this.#calls as CallList;
    const call = segment.callOf(from);
    this.#task = this.#taskOf(calls.task(call));
    this.#caller = this.#callerOf(call);
    let next = from + 1;
    while (next < to && isSameAsker(calls, call, segment.callOf(next))) next++;
    return next;
  }

  end(): void {
    this.#settle();
    this.#task = this.#caller = null;
  }

  /** Shares of all that was counted: each adds up to the counters of the replay. */
  askers(): Askers {
    const ledger = this.#ledger;
    if (ledger === null) return { tasks: [], callers: [] };
    return {
      tasks: [...this.#tasks].map(([task, counts]) => ({
        ...nameOfTask(task),
        counters: ledger.counters(counts),
      })),
      callers: [...this.#callers.values()].map(({ way, counts }) => ({
        ...way,
        counters: ledger.counters(counts),
      })),
    };
  }

  #settle(): void {
    if (this.#task === null || this.#caller === null || this.#ledger === null) return;
    const counts = this.#ledger.sinceLast();
    addCounts(this.#task, counts);
    addCounts(this.#caller, counts);
  }

  #taskOf(task: string): CounterSlots {
    let counts = this.#tasks.get(task);
    if (!counts) {
      counts = noCounts();
      this.#tasks.set(task, counts);
    }
    return counts;
  }

  #callerOf(call: number): CounterSlots {
    const way = wayOf(this.#calls as CallList, call);
    const key = [way.purpose, way.function, ...way.from].join('\n');
    let known = this.#callers.get(key);
    if (!known) {
      known = { way, counts: noCounts() };
      this.#callers.set(key, known);
    }
    return known.counts;
  }
}

/** Task and way are kept once each, so that the same are the same object. */
function isSameAsker(calls: CallList, one: number, other: number): boolean {
  return (
    calls.task(one) === calls.task(other) &&
    calls.kind(one) === calls.kind(other) &&
    calls.entry(one) === calls.entry(other) &&
    calls.caller(one) === calls.caller(other) &&
    calls.stack(one) === calls.stack(other)
  );
}

function wayOf(calls: CallList, call: number): Way {
  const kind = calls.kind(call);
  // A flush without a change is that of a purge of vmalloc areas; nothing in the trace says who caused it.
  if (kind === 'flush') return { function: 'flush_tlb_kernel_range', from: [], purpose: null };
  if (kind === 'kfence') return { function: 'arch_kfence_init_pool', from: [], purpose: 'KFENCE' };
  const stack = calls.stack(call);
  const name = calls.entry(call) || calls.caller(call);
  // Several entry points may lie on one way; whoever called the outermost wanted it.
  const at = Math.max(stack.lastIndexOf(name), stack.findLastIndex(isEntryPoint));
  const from = at < 0 ? [] : stack.slice(at + 1, at + 1 + STACK_CALLERS);
  return { function: name, from, purpose: purposeOf(stack.length > 0 ? stack : [name]) };
}

/** `comm-pid`; a comm may hold hyphens, and a format without pids has none. */
function nameOfTask(task: string): Omit<TaskShare, 'counters'> {
  const [, comm, pid] = /^(.*)-(\d+)(?: \[\d+\])?$/.exec(task) ?? [];
  return { task, comm: comm ?? task, pid: pid === undefined ? null : Number(pid) };
}
