// What a thread tells the main one.
import { InputError } from '../../src/io/input-error.js';
import type { JobResult } from './job-result.js';

export type JobMessage =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'result'; readonly result: JobResult }
  | JobFailure;

type JobFailure =
  | {
      readonly kind: 'bad input';
      readonly file: string;
      readonly line: number | null;
      readonly detail: string;
    }
  | { readonly kind: 'error'; readonly error: unknown };

/** An error on its way out of a thread: only classes of the language arrive there as what they were. */
export function failureOf(error: unknown): JobFailure {
  if (!(error instanceof InputError)) return { kind: 'error', error };
  const { file, line, detail } = error;
  return { kind: 'bad input', file, line, detail };
}

/** What failureOf() was given. */
export function errorOf(failure: JobFailure): unknown {
  if (failure.kind === 'error') return failure.error;
  return new InputError(failure.file, failure.line, failure.detail);
}
