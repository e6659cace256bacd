// What is being done at the moment, on stderr, for work that takes longer than people like to wait in silence.

const SILENT_MS = 2000;

export interface Progress {
  /** What is being done now, as one short line. */
  report(text: string): void;
  /** Nothing is being done any more: takes the line away. */
  end(): void;
}

interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

interface ProgressOptions {
  quiet?: boolean;
  /** Default stderr. */
  stream?: ProgressStream;
  /** Milliseconds. */
  now?: () => number;
}

/**
 * A reporter that rewrites one line on a terminal. Elsewhere it writes plain lines, none in the first two seconds and
 * then one in two seconds at most.
 */
export function startProgress(options: ProgressOptions = {}): Progress {
  const { quiet = false, stream = process.stderr, now = Date.now } = options;
  if (quiet) return { report() {}, end() {} };
  return stream.isTTY === true ? new RewrittenLine(stream) : new PlainLines(stream, now);
}

class RewrittenLine implements Progress {
  constructor(private readonly stream: ProgressStream) {}

  report(text: string): void {
    // A line that the terminal breaks could not be rewritten.
    const width = (this.stream.columns ?? 80) - 1;
    this.stream.write(`\r\x1b[K${[...text].slice(0, width).join('')}`);
  }

  end(): void {
    this.stream.write('\r\x1b[K');
  }
}

class PlainLines implements Progress {
  #text: string | null = null;
  #last: number;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly stream: ProgressStream,
    private readonly now: () => number,
  ) {
    this.#last = now();
    // Steps that wait report while they last; unref: progress keeps no process alive.
    this.#timer = setInterval(() => this.#write(), SILENT_MS).unref();
  }

  report(text: string): void {
    this.#text = text;
    this.#write();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#text = null;
  }

  #write(): void {
    if (this.#text === null || this.now() - this.#last < SILENT_MS) return;
    this.stream.write(`${this.#text}\n`);
    this.#last = this.now();
    this.#text = null;
  }
}
