import type { AliasPolicy } from '../kernel/alias-policy.js';

/** A way of making one permission change. */
export interface Strategy extends AliasPolicy {
  /** Stable name: command line, JSON, charts. */
  id: string;
  title: string;
  /** Where it exists: a kernel version, a posted series, or a hypothesis. */
  status: string;
  summary: string;
}
