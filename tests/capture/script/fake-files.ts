/** What the files of the fake machine say: /proc, debugfs and tracefs as a kernel would fill them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../../cli/linmap.js';

export const RELEASE = '7.2.13-fake';

/** Of an empty trace. */
export const HEADER = `# tracer: nop
#
# entries-in-buffer/entries-written: 0/0   #P:2
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
`;

/** Functions of the linear map as Debian's 7.2 has them. */
export const SYMBOLS_7_2 = [
  'update_range_prot',
  'change_memory_common',
  '__change_memory_common',
  ...['ro', 'rw', 'x', 'nx', 'valid'].map((name) => `set_memory_${name}`),
  ...['invalid', 'default', 'valid'].map((name) => `set_direct_map_${name}_noflush`),
  'split_kernel_leaf_mapping',
  'split_kernel_leaf_mapping_locked.part.0',
  'split_pmd',
  'split_pud',
  '__pgd_pgtable_alloc',
  '_vm_unmap_aliases',
  'arch_kfence_init_pool',
  'apply_to_page_range',
];

/** Those of 6.1. */
export const SYMBOLS_6_1 = [
  ...SYMBOLS_7_2.filter((name) => !/^update_range|^split_|^arch_kfence|_valid_noflush/.test(name)),
  'change_page_range',
];

/** Of a CPU that lost nothing. */
export const STATS =
  'entries: 0\noverrun: 0\ncommit overrun: 0\nbytes: 0\ndropped events: 0\nread events: 0\n';

/** Files by path below the root of the machine. */
export function defaultFiles(symbols: readonly string[]): Record<string, string | Buffer> {
  const core = join(root, 'captures/core/4k-bbml2-kaslr.elf.gz');
  const texts = join(root, 'captures/4k48-bbml2-ptdump/texts');
  const text = (name: string) => readFileSync(join(texts, `${name}.txt`));
  return {
    'sys/kernel/tracing/kprobe_events': '',
    'sys/kernel/tracing/kprobe_profile': '',
    'sys/kernel/tracing/trace': HEADER,
    'sys/kernel/tracing/current_tracer': 'nop\n',
    'sys/kernel/tracing/set_event': '',
    'sys/kernel/tracing/tracing_on': '1\n',
    'sys/kernel/tracing/saved_cmdlines': '76 sh\n77 insmod\n',
    'sys/kernel/tracing/instances/somebody/trace': HEADER,
    'sys/devices/system/cpu/cpu0/regs/identification/midr_el1': '0x00000000c00fac30\n',
    'sys/devices/system/cpu/cpu2/regs/identification/midr_el1': '0x00000000c00fac30\n',
    'sys/devices/system/cpu/cpu10/regs/identification/midr_el1': '0x00000000410fd4f0\n',
    'sys/kernel/debug/memblock/memory': text('memblock-memory'),
    'sys/kernel/debug/memblock/reserved': text('memblock-reserved'),
    'sys/kernel/debug/kernel_page_tables': text('kernel_page_tables'),
    'proc/kallsyms': symbolTable(symbols),
    'proc/iomem': text('iomem'),
    'proc/meminfo': text('meminfo'),
    'proc/cpuinfo': text('cpuinfo'),
    'proc/vmallocinfo': text('vmallocinfo'),
    'proc/cmdline': 'console=ttyAMA0 rodata=full\n',
    'proc/kcore': gunzipSync(readFileSync(core)),
    [`boot/config-${RELEASE}`]: 'CONFIG_ARM64_4K_PAGES=y\n',
  };
}

/** Lines of /proc/kallsyms with kptr_restrict, and around them what is easily taken for one of the functions. */
function symbolTable(symbols: readonly string[]): string {
  const lines = symbols.map((name) => `0000000000000000 t ${name}`);
  return [
    ...lines,
    '0000000000000000 D __kfence_pool',
    '0000000000000000 t split_pmd.cold',
    '0000000000000000 t set_memory_rox_of_another_name',
    '0000000000000000 t set_memory_x\t[module]',
    '',
  ].join('\n');
}
