/** What one real machine says of itself, parsed: texts of a shipped capture. */
import { join } from 'node:path';
import { parseCpuinfo } from '../../../src/capture/texts/cpuinfo.js';
import { parseIomem } from '../../../src/capture/texts/iomem.js';
import { parseMemblock } from '../../../src/capture/texts/memblock.js';
import { parseMeminfo } from '../../../src/capture/texts/meminfo.js';
import { parsePtdump } from '../../../src/capture/texts/ptdump.js';
import { parseVmallocinfo } from '../../../src/capture/texts/vmallocinfo.js';
import { findInput, readText } from '../../../src/io/file.js';
import { root } from '../../cli/linmap.js';

export const REAL_MACHINE = join(root, 'captures/4k48-bbml2-ptdump');

const text = (name: string): [text: string, file: string] => {
  const file = findInput(join(REAL_MACHINE, 'texts'), name);
  return [readText(file), name];
};

export const iomem = parseIomem(...text('iomem.txt'));
export const meminfo = parseMeminfo(...text('meminfo.txt'));
export const cpuinfo = parseCpuinfo(...text('cpuinfo.txt'));
export const vmallocinfo = parseVmallocinfo(...text('vmallocinfo.txt'));
export const ptdump = parsePtdump(...text('kernel_page_tables.txt'));
export const memblockMemory = parseMemblock(...text('memblock-memory.txt'));
export const memblockReserved = parseMemblock(...text('memblock-reserved.txt'));
