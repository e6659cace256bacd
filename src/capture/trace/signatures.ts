// Which functions a trace may show and what their arguments are, in the order in which the kernel declares them.

/** Arguments by function; of `__pgd_pgtable_alloc` what it returns. As in docs/capture-format.md. */
export const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  update_range_prot: ['start', 'size', 'set', 'clear'],
  __change_memory_common: ['start', 'size', 'set', 'clear'],
  apply_to_page_range: ['start', 'size', 'fn', 'set', 'clear'],
  change_memory_common: ['addr', 'n', 'set', 'clear'],
  set_memory_ro: ['addr', 'n'],
  set_memory_rw: ['addr', 'n'],
  set_memory_x: ['addr', 'n'],
  set_memory_nx: ['addr', 'n'],
  set_memory_rox: ['addr', 'n'],
  set_memory_valid: ['addr', 'n', 'enable'],
  set_memory_encrypted: ['addr', 'n'],
  set_memory_decrypted: ['addr', 'n'],
  set_direct_map_invalid_noflush: ['page'],
  set_direct_map_default_noflush: ['page'],
  set_direct_map_valid_noflush: ['page', 'nr', 'valid'],
  __kernel_map_pages: ['page', 'n', 'enable'],
  split_kernel_leaf_mapping: ['start', 'end'],
  split_kernel_leaf_mapping_locked: ['addr'],
  split_pmd: ['pmdp', 'pmd', 'gfp', 'to_cont'],
  split_pud: ['pudp', 'pud', 'gfp', 'to_cont'],
  __pgd_pgtable_alloc: ['pa'],
  _vm_unmap_aliases: ['start', 'end', 'flush'],
  vm_unmap_aliases: [],
  arch_kfence_init_pool: ['pool'],
};

/** Names that people give their probes, where the trace has no other word of the function. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  cmc: 'change_memory_common',
  set_ro: 'set_memory_ro',
  set_rw: 'set_memory_rw',
  set_x: 'set_memory_x',
  set_nx: 'set_memory_nx',
  set_valid: 'set_memory_valid',
  smro: 'set_memory_ro',
  smrw: 'set_memory_rw',
  smx: 'set_memory_x',
  smnx: 'set_memory_nx',
  smv: 'set_memory_valid',
  dm_invalid: 'set_direct_map_invalid_noflush',
  dm_default: 'set_direct_map_default_noflush',
  dm_valid: 'set_direct_map_valid_noflush',
  split: 'split_kernel_leaf_mapping',
  split_locked: 'split_kernel_leaf_mapping_locked',
  pgtable: '__pgd_pgtable_alloc',
  unmap_aliases: '_vm_unmap_aliases',
  kfence_init: 'arch_kfence_init_pool',
  kfence_pool: 'arch_kfence_init_pool',
};

/** Where a probe's arguments alone tell the function. */
const TELLING_ARGUMENTS: readonly (readonly [function: string, names: readonly string[]])[] = [
  ['update_range_prot', ['start', 'size', 'set', 'clear']],
  ['change_memory_common', ['addr', 'n', 'set', 'clear']],
  ['split_pmd', ['pmdp']],
  ['split_pud', ['pudp']],
  ['arch_kfence_init_pool', ['pool']],
];

const RETURN_NAME = /(?:__return|_return|_ret|_exit|__exit)(?:_\d+)?$/;
export const FLUSH_NAME = /^flush_(?:\d+_)?/;

/** Whether an event of this name, told by nothing else, is a return probe. */
export function isReturnName(name: string): boolean {
  return RETURN_NAME.test(name) || /^r_/.test(name);
}

/**
 * The function behind a probe of which only the name and the names of its arguments are known, or null.
 * perf calls its probes `FUNCTION`, `FUNCTION_1` and `FUNCTION__return`, tracefs `p_FUNCTION_0` and `r_FUNCTION_0`.
 * @param given what the user says about names
 */
export function functionOfName(
  name: string,
  argumentNames: readonly string[],
  given: ReadonlyMap<string, string>,
): string | null {
  const stated = given.get(name);
  if (stated !== undefined) return stated;
  if (FLUSH_NAME.test(name)) return name.replace(FLUSH_NAME, '');
  const plain = name.replace(RETURN_NAME, '');
  for (const candidate of [
    name,
    plain,
    plain.replace(/_\d+$/, ''),
    plain.replace(/^[pr]_(.+?)(?:_\d+)?$/, '$1'),
  ]) {
    const told = given.get(candidate);
    if (told !== undefined) return told;
    if (candidate in SIGNATURES) return candidate;
    const known = SHORT_NAMES[candidate];
    if (known !== undefined) return known;
  }
  if (/^(?:upd|urp|update_range)(?:_|$)/.test(plain)) return 'update_range_prot';
  for (const [probed, names] of TELLING_ARGUMENTS) {
    if (names.every((one) => argumentNames.includes(one))) return probed;
  }
  return null;
}

/**
 * `NAME=FUNCTION`, as the user says which function a probe of that name is on.
 * @throws RangeError where it is not of that form
 */
export function parseProbeOption(text: string): [name: string, probed: string] {
  const [, name, probed] = /^([\w.:-]+)=([A-Za-z_][\w.]*)$/.exec(text) ?? [];
  if (name === undefined || probed === undefined) {
    throw new RangeError(`NAME=FUNCTION, found "${text}"`);
  }
  return [name.slice(name.lastIndexOf(':') + 1), probed];
}
