// What a trace holds as a whole, counted while it is read.
import type { LineEvent, ProbeSite, TraceFormat, TraceSummary } from './event.js';

/** More names than any trace has; what comes after is counted together. */
const MAX_NAMES = 4096;
const MORE = '…';

export class TraceTally {
  #events = 0;
  /** By site, which is the same object for all events of a probe. */
  readonly #sites = new Map<ProbeSite, number>();
  readonly #passedOver = new Map<string, number>();
  readonly #lost: number[] = [];
  #lostEvents = 0;
  /** The first note that a CPU's buffer begins in the middle, and whether the header says how many are missing. */
  #annotated = 0;
  #counted = false;
  #first: number | null = null;
  #last: number | null = null;

  event(event: LineEvent): void {
    const { seconds, site } = event;
    if (seconds !== null) {
      this.#first ??= seconds;
      this.#last = seconds;
    }
    if (site.kind === 'probe' || site.kind === 'marker') this.#events++;
    const known = this.#sites.get(site);
    if (known === undefined && this.#sites.size >= MAX_NAMES) this.#fold();
    this.#sites.set(site, (known ?? 0) + 1);
  }

  passOver(name: string, count = 1): void {
    const key = this.#passedOver.has(name) || this.#passedOver.size < MAX_NAMES ? name : MORE;
    this.#passedOver.set(key, (this.#passedOver.get(key) ?? 0) + count);
  }

  /** @param events 0 where the line does not say how many */
  lost(line: number, events: number): void {
    this.#lost.push(line);
    this.#lostEvents += events;
  }

  overwritten(line: number, events: number | 'unknown'): void {
    if (events === 'unknown') {
      if (this.#annotated === 0) this.#annotated = line;
      return;
    }
    this.#counted = true;
    if (events > 0) this.lost(line, events);
  }

  summary(format: TraceFormat, lines: number): TraceSummary {
    const functions = this.#fold();
    // The header's count says all that the note would.
    const lost = this.#annotated > 0 && !this.#counted ? [this.#annotated, ...this.#lost] : this.#lost;
    return {
      format,
      lines,
      events: this.#events,
      functions: Object.fromEntries([...functions].sort(([a], [b]) => (a < b ? -1 : 1))),
      passedOver: Object.fromEntries(this.#passedOver),
      lost: lost.sort((a, b) => a - b),
      lostEvents: this.#lostEvents,
      firstSeconds: this.#first,
      lastSeconds: this.#last,
    };
  }

  readonly #functions = new Map<string, number>();

  /** Sites counted by name. */
  #fold(): Map<string, number> {
    for (const [site, count] of this.#sites) {
      if (site.kind === 'other') this.passOver(site.name, count);
      else if (site.kind !== 'stack') {
        const name = site.kind === 'marker' ? 'marker' : site.function;
        const key = this.#functions.has(name) || this.#functions.size < MAX_NAMES ? name : MORE;
        this.#functions.set(key, (this.#functions.get(key) ?? 0) + count);
      }
    }
    this.#sites.clear();
    return this.#functions;
  }
}
