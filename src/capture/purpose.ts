// What a change is for, by the functions on its stack.

/** The first that a stack shows: a program that is freed on the way of unloading a module is part of that. */
const PURPOSES: readonly (readonly [purpose: string, functions: RegExp])[] = [
  ['module load', /^(?:load_module|do_init_module|complete_formation|module_enable_\w+|do_free_init)$/],
  ['module unload', /^(?:free_module|\w*sys_delete_module)$/],
  ['BPF', /^(?:bpf_\w+|\w*_bpf_\w+|__bpf_\w+|\w*sys_bpf)$/],
  ['secretmem', /^secretmem_\w+$/],
  ['KFENCE', /^(?:kfence_\w+|__kfence_\w+|arch_kfence_\w+|toggle_allocation_gate)$/],
  ['kprobes', /^(?:\w*kprobe\w*|alloc_insn_page|__get_insn_slot)$/],
  ['ftrace', /^(?:ftrace_\w+|arch_ftrace_\w+)$/],
  ['hibernation', /^(?:swsusp_\w+|hibernat\w+|snapshot_\w+)$/],
  ['debug_pagealloc', /^(?:__kernel_map_pages|debug_pagealloc_\w+)$/],
  ['vfree', /^(?:vfree|vfree_atomic|delayed_vfree_work|__vunmap|vm_reset_perms)$/],
];
/** Functions of the tracer itself, which a probe finds below its own event. */
const TRACER =
  /^(?:kprobe_(?:trace|perf)_func|kprobe_dispatcher|kretprobe_\w+|kprobe_breakpoint_handler|trace_\w+)$/;

/**
 * A word or two for who wanted a change: `module load`, `BPF`, `secretmem`; null where the functions tell nothing.
 * @param functions on the stack, innermost first, or as many of them as are known
 */
export function purposeOf(functions: readonly string[]): string | null {
  const own = functions.filter((name) => !TRACER.test(name));
  return PURPOSES.find(([, known]) => own.some((name) => known.test(name)))?.[0] ?? null;
}
