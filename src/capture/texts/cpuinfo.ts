// /proc/cpuinfo of arm64: the fields of MIDR_EL1, CPU by CPU.
import { InputError } from '../../io/input-error.js';
import type { CpuIds } from './midr.js';
import { badLine, emptyText, type TextLine, textLines } from './text-lines.js';

const FIELDS = ['implementer', 'variant', 'part', 'revision'] as const;
type Field = (typeof FIELDS)[number];
/** First bit and number of values of each field of MIDR_EL1. */
const PLACE: Readonly<Record<Field, readonly [shift: number, limit: number]>> = {
  implementer: [24, 256],
  variant: [20, 16],
  part: [4, 4096],
  revision: [0, 16],
};
/** The architecture field of every arm64 CPU: described by the ID registers. The file prints 8 instead. */
const ARCHITECTURE = 0xf << 16;

/**
 * Reads /proc/cpuinfo.
 * @throws InputError naming the first line that is not `name : value`, or the CPU of which a field is missing
 */
export function parseCpuinfo(text: string, file: string): CpuIds {
  const midr = new Map<number, number>();
  let cpu: { id: number; line: TextLine; fields: Map<Field, number> } | null = null;
  const finish = (): void => {
    if (cpu === null) return;
    midr.set(cpu.id, midrOf(cpu.fields, cpu.line, file));
  };
  for (const line of textLines(text)) {
    const match = /^([^:]*\S)\s*:(?:\s+(.*))?$/.exec(line.text.trimStart());
    if (!match) throw badLine(file, line, 'a line of /proc/cpuinfo (name : value)');
    const [, name = '', value = ''] = match;
    if (name === 'processor') {
      finish();
      const id = numberOf(value);
      if (id === null || midr.has(id)) throw badLine(file, line, 'the number of a CPU, each once');
      cpu = { id, line, fields: new Map() };
      continue;
    }
    const field = FIELDS.find((known) => name === `CPU ${known}`);
    if (field === undefined || cpu === null) continue;
    const bits = numberOf(value);
    if (bits === null || bits >= PLACE[field][1]) throw badLine(file, line, `CPU ${field} as in MIDR_EL1`);
    cpu.fields.set(field, bits);
  }
  finish();
  if (midr.size === 0) throw emptyText(file, 'the CPUs of /proc/cpuinfo');
  return { file, midr };
}

function midrOf(fields: ReadonlyMap<Field, number>, { number }: TextLine, file: string): number {
  let midr = ARCHITECTURE;
  for (const name of FIELDS) {
    const bits = fields.get(name);
    if (bits === undefined) {
      throw new InputError(
        file,
        number,
        `expected "CPU ${name}" of this CPU, found none: not an arm64 cpuinfo`,
      );
    }
    midr += bits * 2 ** PLACE[name][0];
  }
  return midr;
}

function numberOf(text: string): number | null {
  return /^(?:0x[0-9a-f]{1,8}|\d{1,8})$/i.test(text.trim()) ? Number(text) : null;
}
