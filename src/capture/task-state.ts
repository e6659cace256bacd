// What a task is in the middle of: which change its next events belong to, and who asked for the next change.
import type { Address } from '../io/address.js';

/** A call that is under way, or was last. */
interface Attended {
  call: number;
  /** Tables that it was given. */
  tables: number;
}

/** What one task is in the middle of. */
export interface TaskState {
  /** Changes that have not returned yet: an interrupt's may run inside the task's own. Innermost last. */
  running: Attended[];
  /** The last change that began or returned: a flush of its range is its own. */
  open: Attended | null;
  /** The call that boundaries, splits and tables belong to. */
  witness: Attended | null;
  /** The change that the last event began: a stack that follows is its own. */
  begun: Attended | null;
  /** Entry point that the next change comes from, and the last function on the way that a probe showed. */
  outer: string;
  inner: string;
  /** Level of the last block that was split. */
  level: number;
  /** vm_unmap_aliases() was asked to flush and no purge has flushed yet. */
  unflushed: { line: number; seconds: number | null; start: Address; end: Address } | null;
}

/** A task of which nothing has been seen. */
export function idleTask(): TaskState {
  return {
    running: [],
    open: null,
    witness: null,
    begun: null,
    outer: '',
    inner: '',
    level: 2,
    unflushed: null,
  };
}
