// VMCOREINFO where no note has it: the kernel keeps the text in a page of its own, so a dump of its memory has it too.
import type { ElfCore, Load } from './elf-core.js';
import type { ImageSource } from './image-source.js';

/** The page starts so (crash_save_vmcoreinfo_init()), on any granule at a multiple of 4 KiB. */
const START = Buffer.from('OSRELEASE=');
const WANTED = 'SYMBOL(swapper_pg_dir)=';
const PAGE = 4096;
const CHUNK = 4 * 2 ** 20;

/**
 * Reads all memory in the core, in order of the file, for pages that look like VMCOREINFO: that of the running
 * kernel, and perhaps those of kernels that ran before it. QEMU writes no note for machines without its device.
 */
export function* searchVmcoreinfo(source: ImageSource, core: ElfCore): Generator<string> {
  const chunk = Buffer.alloc(CHUNK);
  for (const load of core.loads.toSorted((a, b) => a.offset - b.offset)) {
    const end = load.offset + Math.min(load.fileBytes, (source.size ?? load.offset) - load.offset);
    for (let at = load.offset + bytesToPage(load); at + PAGE <= end; ) {
      const found = source.read(chunk.subarray(0, Math.min(CHUNK, end - at)), at);
      if (found < PAGE) break;
      for (let page = 0; page + PAGE <= found; page += PAGE) {
        if (chunk.compare(START, 0, START.length, page, page + START.length) !== 0) continue;
        const text = chunk.toString('latin1', page, page + PAGE).replace(/\0.*$/s, '');
        if (text.includes(WANTED)) yield text;
      }
      at += Math.floor(found / PAGE) * PAGE;
    }
  }
}

function bytesToPage({ pa, va }: Load): number {
  const start = pa ?? va ?? 0;
  return Math.ceil(start / PAGE) * PAGE - start;
}
