/** Random machines, small enough for the model: banks with holes, images, pools, and every way to boot. */
import fc from 'fast-check';
import { alignDown, alignUp, contiguousSpan, type Granule, geometryOf, spanOf } from '../model/geometry.js';
import {
  forcePteMapping,
  geometryOfMachine,
  linearMapRequiresBbml2,
  type ModelBank,
  type ModelImage,
  type ModelMachine,
  machineWith,
  type PhysicalRange,
} from '../model/machine.js';
import { GiB, KiB, MiB } from './sizes.js';

/** Every combination that a kernel can be built for or run with. */
export const CONFIGURATIONS: readonly (readonly [granule: Granule, vaBits: number])[] = [
  [4096, 39],
  [4096, 48],
  [4096, 52],
  [16384, 36],
  [16384, 47],
  [16384, 48],
  [16384, 52],
  [65536, 42],
  [65536, 48],
  [65536, 52],
];

export const usesLpa2 = (granule: Granule, vaBits: number): boolean => vaBits === 52 && granule !== 65536;

/** Bytes as so many blocks, contiguous groups and pages. */
interface Extent {
  readonly blocks: number;
  readonly groups: number;
  readonly pages: number;
}

const oftenZero = (max: number): fc.Arbitrary<number> => fc.oneof(fc.constant(0), fc.nat(max));
const extent: fc.Arbitrary<Extent> = fc.record({
  blocks: fc.oneof(oftenZero(3), fc.constantFrom(16, 17, 32, 33, 65, 512, 545)),
  groups: oftenZero(20),
  pages: oftenZero(40),
});

const features = fc.record({
  rodata: fc.constantFrom('full', 'full', 'on', 'off'),
  bbml2: fc.constantFrom(true, true, false),
  bbml2AllCpus: fc.constantFrom(true, true, false),
  debugPagealloc: fc.constantFrom(false, false, false, true),
  kfence: fc.constantFrom('none', 'late', 'early'),
  nonGlobal: fc.boolean(),
  nonGlobalEarly: fc.boolean(),
  bti: fc.boolean(),
  tlbiRange: fc.boolean(),
  repeatTlbi: fc.boolean(),
  realm: fc.constantFrom(false, false, true),
});
type Features = typeof features extends fc.Arbitrary<infer T> ? T : never;

const layout = fc.record({
  configuration: fc.constantFrom(...CONFIGURATIONS),
  base: fc.nat(7),
  banks: fc.array(fc.record({ gap: extent, size: extent, noMap: fc.nat(9) }), { minLength: 1, maxLength: 3 }),
  /** How far physOffset lies below where the kernel would put it. */
  shift: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: extent }),
  top: fc.constantFrom(false, false, false, true),
  image: fc.option(fc.record({ at: fc.nat(40), text: fc.nat(80), init: fc.nat(20), data: fc.nat(20) })),
  pool: fc.record({ fromEnd: fc.nat(100), pages: fc.integer({ min: 2, max: 40 }) }),
});
type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

/** Any machine; `change` makes it one of a kind. */
export function sampleMachine(change: Partial<Features> = {}): fc.Arbitrary<ModelMachine> {
  return fc.tuple(features, layout).map(([chosen, where]) => assemble({ ...chosen, ...change }, where));
}

function assemble(chosen: Features, where: Layout): ModelMachine {
  const [granule, vaBits] = where.configuration;
  const { rodata, kfence, realm, ...flags } = chosen;
  const lpa2 = usesLpa2(granule, vaBits);
  const bare = machineWith(granule, vaBits, [], {
    ...flags,
    lpa2,
    bbml2AllCpus: flags.bbml2 && flags.bbml2AllCpus,
    nonGlobalEarly: flags.nonGlobal && flags.nonGlobalEarly,
    rodataEnabled: rodata !== 'off',
    rodataFull: rodata === 'full',
    kfence: kfence === 'late' ? 'late' : 'none',
    realmIpaBits: realm ? (lpa2 || granule === 65536 ? 52 : 48) : null,
  });
  const { physOffsetAlign, pageOffset, pageEnd } = geometryOfMachine(bare);
  const most = mostBlocks(bare, where);
  const placed = placeBanks(bare, where, most);
  const [first] = placed;
  if (first === undefined) throw new Error('a machine has memory');
  const usual = alignDown(first.start, physOffsetAlign);
  const physOffset = Math.max(0, usual - (where.shift ? bytesOf(bare, where.shift, most) : 0));
  const memory = placed.filter(({ start, size }) => start + size <= physOffset + pageEnd - pageOffset);
  const image = where.image && placeImage(where.image, first, granule);
  const last = memory.at(-1) ?? first;
  const pool = kfence === 'early' ? placePool(where.pool, last, granule, image) : null;
  const machine = { ...bare, memory, image, physOffset, kfence: pool ?? bare.kfence };
  return where.top ? { ...machine, memory: [...memory, ...bankAtTheTop(machine)] } : machine;
}

/** Address bits that the descriptors of this machine can hold. */
function paBits({ granule, lpa2 }: ModelMachine): number {
  return lpa2 || granule === 65536 ? 52 : 48;
}

function placeBanks(machine: ModelMachine, { base, banks }: Layout, most: number): ModelBank[] {
  const { granule } = machine;
  const beyond = granule === 65536 ? 2 ** 48 : 2 ** 50;
  const ordinary = [0, GiB, 2 * GiB, 16 * GiB, 2 ** 40 + 64 * GiB];
  const bases =
    paBits(machine) === 52 ? [...ordinary, beyond - 64 * MiB, beyond, beyond - 4 * granule] : ordinary;
  let next = bases[base % bases.length] ?? 0;
  return banks.map(({ gap, size, noMap }) => {
    const start = next + bytesOf(machine, gap, most);
    const bytes = Math.max(granule, bytesOf(machine, size, most));
    next = start + bytes;
    return { start, size: bytes, noMap: noMap === 0 };
  });
}

/** Where all is mapped to pages, be it because VA and PA are not aligned alike, the model can stand only so many. */
function mostBlocks(machine: ModelMachine, { shift }: Layout): number {
  const asymmetric = linearMapRequiresBbml2(machine) && !machine.bbml2AllCpus;
  const pagesOnly = forcePteMapping(machine, true) || asymmetric || shift !== null;
  return pagesOnly ? (machine.granule === 4096 ? 3 : 1) : 545;
}

function bytesOf(machine: ModelMachine, { blocks, groups, pages }: Extent, most: number): number {
  const g = geometryOfMachine(machine);
  return Math.min(blocks, most) * spanOf(g, 2) + groups * contiguousSpan(g, 3) + pages * g.granule;
}

/** The linear map's last pages. With 52 bits their root entry serves the kernel image too. */
function bankAtTheTop(machine: ModelMachine): ModelBank[] {
  const { pageOffset, pageEnd } = geometryOfMachine(machine);
  const end = (machine.physOffset ?? 0) + pageEnd - pageOffset;
  const size = 5 * machine.granule;
  return end <= 2 ** paBits(machine) ? [{ start: end - size, size }] : [];
}

function placeImage(
  wish: { at: number; text: number; init: number; data: number },
  bank: ModelBank,
  granule: number,
): ModelImage | null {
  const text = alignUp(bank.start, 64 * KiB) + wish.at * 64 * KiB;
  const stext = text + 64 * KiB;
  const initBegin = stext + wish.text * 64 * KiB;
  const initEnd = initBegin + wish.init * 64 * KiB;
  const bssStop = initEnd + 64 * KiB + wish.data * granule;
  return bank.noMap !== true && bssStop <= bank.start + bank.size
    ? { text, stext, initBegin, initEnd, bssStop }
    : null;
}

function placePool(
  wish: { fromEnd: number; pages: number },
  bank: ModelBank,
  granule: number,
  image: ModelImage | null,
): PhysicalRange | null {
  const size = wish.pages * granule;
  const start = bank.start + bank.size - wish.fromEnd * granule - size;
  const clear =
    start >= bank.start && (image === null || start >= image.bssStop || start + size <= image.text);
  return clear && bank.noMap !== true ? { start, size } : null;
}

/** Addresses at which something begins or ends. */
export function landmarks(machine: ModelMachine): number[] {
  const g = geometryOf(machine.granule, machine.vaBits, machine.lpa2);
  const toVa = (pa: number): number => pa - (machine.physOffset ?? 0) + g.pageOffset;
  const banks = machine.memory.flatMap(({ start, size }) => [start, start + size]);
  const image = machine.image ? Object.values(machine.image) : [];
  const pool = typeof machine.kfence === 'object' ? [machine.kfence.start] : [];
  return [...banks, ...image, ...pool].map(toVa);
}
