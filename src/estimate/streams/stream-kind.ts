// What a generator is: a name, documented parameters, and a step that touches pages of some machine's memory.
import type { Machine } from '../../machine/machine.js';
import type { AccessWriter } from './access-writer.js';
import { MemoryPages } from './memory-pages.js';
import type { Parameters, Values } from './parameter.js';
import { Random } from './random.js';
import type { StreamLaw } from './stream-law.js';

/** One round of the pattern: one access or a few that belong together. */
type Step = (to: AccessWriter) => void;

/** Where a stream runs, and its source of chance. */
export class StreamPlace {
  readonly random: Random;

  constructor(
    readonly machine: Machine,
    readonly seed: number,
  ) {
    this.random = new Random(seed);
  }

  /** A working set of `count` pages in runs of `run`. @throws RangeError where memory does not hold it */
  pages(count: number, run: number): MemoryPages {
    return new MemoryPages(this.machine, count, run, this.random.word());
  }

  /** Whole pages of `bytes`, at least one. */
  pagesOf(bytes: number): number {
    return Math.max(1, Math.floor(bytes / this.machine.granule));
  }
}

export interface StreamKind<K extends string = string> {
  readonly name: string;
  /** One line for --help. */
  readonly text: string;
  readonly parameters: Parameters<K>;
  /** Accesses of other classes for each one of the linear map, and instructions, unless parameters say otherwise. */
  readonly company: Company;
  /** Each access needs what the one before it read: no two walks are under way. */
  readonly dependent?: boolean;
  /** @throws RangeError where the parameters do not fit each other or the machine */
  start(values: Values<K>, place: StreamPlace): Step;
  /** What the stream is without its chance, on a place that is new as for `start`. Absent: nothing so simple. */
  law?(values: Values<K>, place: StreamPlace): StreamLaw;
}

export interface Company {
  readonly kernel: number;
  readonly user: number;
  readonly code: number;
  /** Instructions executed for each access of any class. */
  readonly instructions: number;
}

/**
 * Patterns are looked at alone unless the user adds company. Five instructions an access lie between the shipped
 * traces' 4.6 (memcached) and 5.9 (dm-crypt) for each record. Assumed.
 */
export const ALONE: Company = { kernel: 0, user: 0, code: 0, instructions: 5 };

/** Physically consecutive pages: 0 all of them, 1 none. */
export function runParameter(byDefault: number) {
  const text = 'pages that are physically consecutive; 1: scattered, 0: all';
  return { kind: 'count', default: byDefault, most: 2 ** 20, text } as const;
}

/** A working set of so many bytes. */
export function sizeParameter(byDefault: number, of: string) {
  return { kind: 'memory', default: byDefault, least: 1, text: `${of}, or a quarter of the memory` } as const;
}
