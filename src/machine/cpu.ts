/**
 * What the kernel decides by a CPU's MIDR_EL1: implementer [31:24], variant [23:20],
 * architecture [19:16], part [15:4], revision [3:0].
 */
interface CpuRange {
  name: string;
  implementer: number;
  part: number;
  /** First and last `variant:revision` as one byte; all of them where left out. */
  revisions?: readonly [first: number, last: number];
}

/**
 * FEAT_TLBIRANGE: every core on the BBML2 list has it. Where a machine description has no ID
 * registers, it is taken as present.
 */
export const TLBI_RANGE_DEFAULT = true;

const ARM = 0x41;
const NVIDIA = 0x4e;
const QUALCOMM = 0x51;
const MICROSOFT = 0x6d;
const AMPERE = 0xc0;

/**
 * Cores whose TLB sorts out a block and a page for the same address without an abort
 * (has_bbml2_noabort(), Linux 7.2). The kernel deliberately does not read ID_AA64MMFR2_EL1.BBM:
 * level 2 alone allows an abort.
 */
const BBML2_NOABORT: readonly CpuRange[] = [
  { name: 'Cortex-X4', implementer: ARM, part: 0xd82, revisions: [0x03, 0x0f] },
  { name: 'Neoverse-V3', implementer: ARM, part: 0xd84, revisions: [0x02, 0x0f] },
  { name: 'Neoverse-V3AE', implementer: ARM, part: 0xd83, revisions: [0x02, 0x0f] },
  { name: 'NVIDIA Olympus', implementer: NVIDIA, part: 0x010 },
  { name: 'AmpereOne', implementer: AMPERE, part: 0xac3 },
  { name: 'AmpereOne A', implementer: AMPERE, part: 0xac4 },
];

/**
 * Cores that need every broadcast TLBI completed twice (REPEAT_TLBI, Linux 7.2). Only what
 * distributions enable: QCOM_FALKOR_ERRATUM_1009 and ARM64_ERRATUM_4118414. The workarounds for
 * early Cortex-A76 (1286807), A55 (2441007) and A510 (2441009) are off by default.
 */
const REPEAT_TLBI: readonly CpuRange[] = [
  { name: 'Falkor v1', implementer: QUALCOMM, part: 0x800, revisions: [0x00, 0x00] },
  { name: 'Cortex-A76', implementer: ARM, part: 0xd0b },
  { name: 'Cortex-A76AE', implementer: ARM, part: 0xd0e },
  { name: 'Cortex-A77', implementer: ARM, part: 0xd0d },
  { name: 'Cortex-A78', implementer: ARM, part: 0xd41 },
  { name: 'Cortex-A78AE', implementer: ARM, part: 0xd42 },
  { name: 'Cortex-A78C', implementer: ARM, part: 0xd4b },
  { name: 'Cortex-A710', implementer: ARM, part: 0xd47 },
  { name: 'Cortex-X1', implementer: ARM, part: 0xd44 },
  { name: 'Cortex-X1C', implementer: ARM, part: 0xd4c },
  { name: 'Cortex-X2', implementer: ARM, part: 0xd48 },
  { name: 'Cortex-X3', implementer: ARM, part: 0xd4e },
  { name: 'Cortex-X4', implementer: ARM, part: 0xd82 },
  { name: 'Cortex-X925', implementer: ARM, part: 0xd85 },
  { name: 'C1-Premium', implementer: ARM, part: 0xd90 },
  { name: 'C1-Ultra', implementer: ARM, part: 0xd8c },
  { name: 'Neoverse-N1', implementer: ARM, part: 0xd0c },
  { name: 'Neoverse-N2', implementer: ARM, part: 0xd49 },
  { name: 'Neoverse-V1', implementer: ARM, part: 0xd40 },
  { name: 'Neoverse-V2', implementer: ARM, part: 0xd4f },
  { name: 'Neoverse-V3', implementer: ARM, part: 0xd84 },
  { name: 'Neoverse-V3AE', implementer: ARM, part: 0xd83 },
  { name: 'Azure Cobalt 100', implementer: MICROSOFT, part: 0xd49 },
  { name: 'NVIDIA Olympus', implementer: NVIDIA, part: 0x010 },
];

/** Name of the core if its MIDR is on the BBML2_NOABORT list, else null. */
export function bbml2Core(midr: number): string | null {
  return nameOnList(BBML2_NOABORT, midr);
}

/** Name of the core if flushing on it repeats the TLBI, else null. */
export function repeatTlbiCore(midr: number): string | null {
  return nameOnList(REPEAT_TLBI, midr) ?? (isKryo(midr) ? 'Kryo' : null);
}

/** is_kryo_midr(): every part 0x2xx of Qualcomm. */
function isKryo(midr: number): boolean {
  return implementerOf(midr) === QUALCOMM && isArchitectureById(midr) && partOf(midr) >> 8 === 0x2;
}

function nameOnList(list: readonly CpuRange[], midr: number): string | null {
  return list.find((range) => matches(range, midr))?.name ?? null;
}

function matches({ implementer, part, revisions }: CpuRange, midr: number): boolean {
  if (implementerOf(midr) !== implementer || partOf(midr) !== part || !isArchitectureById(midr)) return false;
  if (revisions === undefined) return true;
  const revision = ((midr >>> 16) & 0xf0) | (midr & 0xf);
  return revision >= revisions[0] && revision <= revisions[1];
}

function implementerOf(midr: number): number {
  return midr >>> 24;
}

function partOf(midr: number): number {
  return (midr >>> 4) & 0xfff;
}

/** Architecture 0xf: described by the ID registers. It is part of the model that the kernel compares. */
function isArchitectureById(midr: number): boolean {
  return ((midr >>> 16) & 0xf) === 0xf;
}
