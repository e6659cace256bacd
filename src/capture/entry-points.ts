// Which function a change comes through: entry points, what they call, and who flushes afterwards.

/** What each function on the way to update_range_prot() may have been called by. */
const CALLED_BY: Readonly<Record<string, readonly string[]>> = {
  set_memory_ro: ['set_memory_rox'],
  set_memory_x: ['set_memory_rox'],
  change_memory_common: ['set_memory_ro', 'set_memory_rw', 'set_memory_x', 'set_memory_nx', 'set_memory_rox'],
  set_memory_valid: ['set_direct_map_valid_noflush', '__kernel_map_pages'],
  __change_memory_common: [
    'change_memory_common',
    'set_memory_valid',
    'set_memory_encrypted',
    'set_memory_decrypted',
  ],
};
/** All callers of a function, near and far. */
const CALLERS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.keys(CALLED_BY).map((callee) => [callee, new Set(allCallers(callee))]),
);
const ENTRY = /^(?:set_(?:memory|direct_map)_\w+|__kernel_map_pages)$/;
/** From the one that a task comes to first. */
const CHANGERS = ['change_memory_common', 'set_memory_valid', '__change_memory_common'] as const;
/** Functions that flush the range themselves when update_range_prot() is done. */
const FLUSHING = new Set(['change_memory_common', '__change_memory_common', 'set_memory_valid']);

/** A public function that changes permissions. */
export function isEntryPoint(name: string): boolean {
  return ENTRY.test(name);
}

/** Whether `caller` reaches `callee`, through others or at once. */
export function reaches(caller: string, callee: string): boolean {
  return CALLERS.get(callee)?.has(caller) ?? false;
}

function allCallers(callee: string): string[] {
  return (CALLED_BY[callee] ?? []).flatMap((caller) => [caller, ...allCallers(caller)]);
}

export function flushesAfterwards(caller: string): boolean {
  return FLUSHING.has(caller);
}

/** The function that makes the change where a task has come as far as `inner`: the public ones share few. */
export function changerBehind(inner: string): string {
  if (inner === '') return '';
  return CHANGERS.find((changer) => inner === changer || reaches(inner, changer)) ?? inner;
}

/** Who made a change and how it was asked for, by the stack of it (innermost first); null where the stack tells neither. */
export function askedBy(stack: readonly string[]): { caller: string; entry: string } | null {
  const plain = stack.map((frame) => frame.replace(/\.(?:part|isra|constprop|cold|llvm)\b.*$/, ''));
  const changer = plain.lastIndexOf('update_range_prot');
  const after = plain.slice(changer + 1).filter((frame) => frame !== '__change_memory_common');
  const entry = after.findLast(isEntryPoint) ?? '';
  const caller = changer >= 0 ? (after[0] ?? '') : entry;
  return caller === '' ? null : { caller: changerBehind(caller), entry };
}
