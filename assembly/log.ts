// Log: which boundaries were split at and which leaves were split, in order, for comparison with a trace.
// One u64 an event: the address with the kind in its low bits, which are zero in any address that is split at.
// A full log drops what follows and says so; the counters go on.

export const LOG_BOUNDARY: u32 = 0;
export const LOG_SPLIT_PUD_TO_CONT_PMD: u32 = 1;
export const LOG_SPLIT_PUD_TO_PMD: u32 = 2;
export const LOG_SPLIT_PMD_TO_CONT_PTE: u32 = 3;
export const LOG_SPLIT_PMD_TO_PTE: u32 = 4;
export const LOG_KIND_MASK: u32 = 7;
export const LOG_CAPACITY: u32 = 8192;

const LOG: usize = memory.data(8 * 8192);
let enabled: bool = false;
let events: u32 = 0;

export function logAddress(): usize {
  return LOG;
}

/** Starts an empty log, or ends logging. */
export function resetLog(on: bool): void {
  enabled = on;
  events = 0;
}

export function logging(): bool {
  return enabled;
}

/** Events since the log was reset, those dropped included. */
export function logEvents(): u32 {
  return events;
}

export function log(kind: u32, va: u64): void {
  if (!enabled) return;
  if (events < LOG_CAPACITY) store<u64>(LOG + ((<usize>events) << 3), va | kind);
  events++;
}
