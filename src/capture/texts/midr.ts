// MIDR_EL1 of the CPUs, as /sys/devices/system/cpu/cpu*/regs/identification/midr_el1 has it.
import { badLine, emptyText, textLines } from './text-lines.js';

export interface CpuIds {
  file: string;
  /** MIDR_EL1 of each CPU by its number. */
  midr: ReadonlyMap<number, number>;
}

const LINE = /^(?:cpu(\d{1,5})\s*[:=]?\s*)?(?:0x)?([0-9a-f]{8,16})$/i;

/**
 * Reads `cpu0 0x00000000c00fac30` a line, or bare values in the order of the CPUs.
 * @throws InputError naming the first line that is neither
 */
export function parseMidr(text: string, file: string): CpuIds {
  const midr = new Map<number, number>();
  for (const line of textLines(text)) {
    const match = LINE.exec(line.text.trim());
    const value = match ? BigInt(`0x${match[2]}`) : -1n;
    if (!match || value <= 0n || value >= 2n ** 32n) {
      throw badLine(file, line, 'MIDR_EL1 of a CPU (cpu0 0x00000000c00fac30)');
    }
    const cpu = match[1] === undefined ? midr.size : Number(match[1]);
    if (midr.has(cpu)) throw badLine(file, line, `CPU ${cpu} once`);
    midr.set(cpu, Number(value));
  }
  if (midr.size === 0) throw emptyText(file, 'MIDR_EL1 of a CPU');
  return { file, midr };
}
