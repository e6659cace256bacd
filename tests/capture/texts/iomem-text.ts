/** /proc/iomem as request_standard_resources() makes it, with devices around it. */
import type { Machine } from '../../../src/machine/machine.js';

const hex = (address: number): string => address.toString(16).padStart(8, '0');
const region = (depth: number, start: number, end: number, name: string): string =>
  `${'  '.repeat(depth)}${hex(start)}-${hex(end - 1)} : ${name}`;

/** What the machine's memory looks like to root; `end` is _end, which no machine description has. */
export function formatIomem(machine: Machine, end = imageEnd(machine)): string {
  const { memory, image } = machine;
  const lines = memory.flatMap((bank) => {
    const bankEnd = bank.start + bank.size;
    if (bank.noMap) return [region(0, bank.start, bankEnd, 'reserved')];
    const children =
      image && image.text >= bank.start && end <= bankEnd
        ? [
            region(1, image.text, image.initBegin, 'Kernel code'),
            ...(image.initEnd > image.initBegin
              ? [region(1, image.initBegin, image.initEnd, 'reserved')]
              : []),
            region(1, image.initEnd, end, 'Kernel data'),
          ]
        : [];
    return [region(0, bank.start, bankEnd, 'System RAM'), ...children];
  });
  return `${lines.join('\n')}\n`;
}

/** Behind bss come the page tables of early boot, and the next segment. */
function imageEnd({ image, granule }: Machine): number {
  if (!image) return 0;
  return Math.ceil((image.bssStop + 8 * granule) / 65536) * 65536;
}
