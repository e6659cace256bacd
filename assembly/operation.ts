// Operation: one call as it crosses the boundary, 40 bytes in a list. Its result (i32) comes back in a list of results.
//
//   +0 opcode u32 | +4 flags u32 | +8 start u64 | +16 size u64 | +24 set u64 | +32 clear u64
//
// A chained operation runs only if every operation of its chain before it returned 0, as the kernel's loops
// stop at the first error; what was skipped has the result SKIPPED.

/** __change_memory_common(start, size, set, clear); update_range_prot() with OPERATION_NO_FLUSH */
export const OPERATION_CHANGE: u32 = 0;
/** The same as series v3 did it: split_linear_mapping(), a change of pages, the flush */
export const OPERATION_CHANGE_SERIES_V3: u32 = 1;
/** flush_tlb_kernel_range(start, start + size) */
export const OPERATION_FLUSH: u32 = 2;
export const OPERATION_FLUSH_ALL: u32 = 3;
/** split_kernel_leaf_mapping(start, start + size) */
export const OPERATION_SPLIT: u32 = 4;
/** range_split_to_ptes(start, start + size) */
export const OPERATION_SPLIT_TO_PAGES: u32 = 5;
/** The next `size` table allocations succeed and all later ones fail; all ones: none fails. */
export const OPERATION_FAIL_ALLOCATIONS: u32 = 6;

/** From now on [start, start + size) is the KFENCE pool. */
export const OPERATION_KFENCE_POOL: u32 = 7;

export const OPERATION_CHAINED: u32 = 1 << 0;
/** The flush of the call is left out: set_direct_map_*_noflush(). */
export const OPERATION_NO_FLUSH: u32 = 1 << 1;

export const OPERATION_BYTES: u32 = 40;
export const OPERATION_CAPACITY: u32 = 1024;
export const OPERATION_SKIPPED: i32 = 1;

/** The first eight bytes of a change without a flush that is not chained. */
export const LONE_CHANGE: u64 = ((<u64>OPERATION_NO_FLUSH) << 32) | OPERATION_CHANGE;
