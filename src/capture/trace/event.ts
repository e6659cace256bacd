// What every format of trace is read into.

export type TraceFormat = 'tracefs' | 'perf-script' | 'trace-cmd' | 'bpftrace';

/** One event of a trace: a probe that fired, a marker that was written, or something that is passed over. */
export interface TraceEvent {
  /** Counted from 1; of a wrapped event its first. */
  line: number;
  /** Since the trace's clock began; null where the clock counts something else. */
  seconds: number | null;
  /** `comm-pid`; for pid 0, an idle task on each CPU, `<idle>-0 [cpu]`. */
  task: string;
  /** null where the format was not told to print it. */
  cpu: number | null;
  /** The event's own name, whoever armed the probe chose it. `tracing_mark_write` for a marker. */
  name: string;
  /** Function that was probed, without compiler suffixes; empty for a marker and for what is passed over. */
  function: string;
  /** Suffix that a compiler gave the function: `.part.0`; empty for most. */
  suffix: string;
  /** A return probe. */
  isReturn: boolean;
  /** For a return probe the function returned to, without suffixes, where its name is known; else empty. */
  caller: string;
  /** For a marker its text, else the probe's `name=value` words. */
  text: string;
  /** Functions on the stack, innermost first, where the tracer wrote them. */
  stack?: readonly string[];
}

/** What reading a trace to its end found out about the whole. */
export interface TraceSummary {
  format: TraceFormat;
  lines: number;
  /** Probes and markers. */
  events: number;
  /** Events by probed function, `marker` among them. */
  functions: Record<string, number>;
  /** Events that belong to other functions or tracers, by name: none of them changes the map. */
  passedOver: Record<string, number>;
  /** Lines that say that events were lost. */
  lost: number[];
  /** Events lost, as far as those lines say how many. */
  lostEvents: number;
  firstSeconds: number | null;
  lastSeconds: number | null;
}

/** What belongs to a probe and not to the moment at which it fired. */
export interface ProbeSite {
  readonly kind: 'probe' | 'marker' | 'stack' | 'other';
  readonly name: string;
  readonly function: string;
  readonly suffix: string;
  readonly isReturn: boolean;
  readonly caller: string;
}

/** An event that still lies in the bytes of its line; the bytes are the reader's again after the event was taken. */
export class LineEvent implements TraceEvent {
  stack?: string[];
  /** The lines that the stack was read from, where somebody wants them. */
  stackLines?: string[];

  constructor(
    readonly line: number,
    readonly seconds: number | null,
    readonly task: string,
    readonly cpu: number | null,
    readonly site: ProbeSite,
    public bytes: Buffer,
    /** The whole line, [from, to). */
    public from: number,
    public to: number,
    /** Where its words begin. */
    public textFrom: number,
  ) {}

  get name(): string {
    return this.site.name;
  }

  get function(): string {
    return this.site.function;
  }

  get suffix(): string {
    return this.site.suffix;
  }

  get isReturn(): boolean {
    return this.site.isReturn;
  }

  get caller(): string {
    return this.site.caller;
  }

  get text(): string {
    return this.bytes.toString('utf8', this.textFrom, this.to);
  }

  /** The whole line. */
  get raw(): string {
    return this.bytes.toString('utf8', this.from, this.to);
  }

  /** Copies the line, so that the event outlives the buffer it was read from. */
  keep(): void {
    this.bytes = Buffer.from(this.bytes.subarray(this.from, this.to));
    this.textFrom -= this.from;
    this.to -= this.from;
    this.from = 0;
  }
}
