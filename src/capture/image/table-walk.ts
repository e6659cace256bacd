// The linear map's half of a kernel's page tables, from the root down.
import { formatAddress, lowWord } from '../../io/address.js';
import { type LeafRun, type LinearMap, levelSize, normalise, rootLevelOf } from '../../map/linear-map.js';
import { findMisplaced } from '../../map/placement.js';
import { type AddressField, attributesOf, outputAddress } from './address-field.js';
import type { ImageFacts } from './image-facts.js';
import { type ImageMemory, TableFault } from './image-memory.js';

const LAST_LEVEL = 3;
const WORD = 2 ** 32;
/** No descriptor is compared with this: a descriptor of all ones is no leaf that follows another. */
const NOTHING = -1;

/** One reading of the tables. Each table page is read once, and no more than one of a level is held. */
export class TableWalk {
  readonly #map: LinearMap;
  readonly #pages: DataView[];
  /** Tables met so far, by PA / granule. A map is a tree: what is met twice is a loop or wreckage. */
  readonly #seen = new Set<number>();
  readonly #type: number;
  #run: LeafRun | null = null;
  /** The descriptor that would go on with the run. */
  #nextLow = NOTHING;
  #nextHigh = NOTHING;
  #nextVa = 0;

  /** @param typeMask bits of a descriptor that are all set in tables and pages, from the core */
  constructor(
    private readonly memory: ImageMemory,
    private readonly facts: ImageFacts,
    private readonly field: AddressField,
    typeMask: bigint,
  ) {
    const { granule, vaBits } = facts;
    this.#type = Number(typeMask);
    this.#map = { granule, vaBits, rootLevel: rootLevelOf(granule, vaBits), leaves: [], tables: [] };
    this.#pages = Array.from({ length: LAST_LEVEL + 2 }, () => new DataView(new ArrayBuffer(granule)));
  }

  /**
   * Reads the map that the root describes.
   * @throws TableFault where the tables are no linear map's: a table outside the image, met twice, or a
   *   descriptor that cannot be where it is.
   */
  read(): LinearMap {
    const { rootLevel } = this.#map;
    const { pageOffset, pageEnd, vaBits, granule } = this.facts;
    const page = this.#page(rootLevel);
    const bytes = (2 ** vaBits / levelSize(granule, rootLevel)) * 8;
    this.#readRoot(new Uint8Array(page.buffer, 0, bytes));
    this.#scan(page, rootLevel, pageOffset, pageEnd);
    this.#endRun();
    // A page of zeros, where the root is not.
    if (this.#map.leaves.length === 0) {
      throw new TableFault('expected the leaves of a linear map under the root table, found none');
    }
    const map = normalise(this.#map);
    const misplaced = findMisplaced(map);
    if (misplaced) {
      const [list, index] = misplaced.path;
      const at = list === 'leaves' || list === 'tables' ? map[list][Number(index)] : undefined;
      const place = at ? ` for the level ${at.level} descriptor of ${formatAddress(at.va)}` : '';
      const found = at ? `0x${at.attributes.toString(16)} beside its address` : 'another';
      throw new TableFault(`expected ${misplaced.expected}${place}, found ${found}`);
    }
    return map;
  }

  #readRoot(into: Uint8Array): void {
    const { rootPa, rootVa } = this.facts;
    if (rootPa !== null && (rootVa === null || this.memory.holds(rootPa))) {
      this.memory.readPhysical(rootPa, into, 'the root table');
    } else {
      this.memory.readVirtual(rootVa ?? 0, into, 'the root table');
    }
  }

  /** Entries of a table of `level` for [va, end); va is what its first entry serves. */
  #scan(page: DataView, level: number, va: number, end: number): void {
    const size = levelSize(this.#map.granule, level);
    const sizeLow = lowWord(size);
    const sizeHigh = Math.floor(size / WORD);
    const entries = Math.min(page.byteLength / 8, Math.ceil((end - va) / size));
    for (let index = 0; index < entries; index++) {
      const low = page.getUint32(8 * index, true);
      const high = page.getUint32(8 * index + 4, true);
      const at = va + index * size;
      if (
        low === this.#nextLow &&
        high === this.#nextHigh &&
        at === this.#nextVa &&
        this.#run?.level === level
      ) {
        this.#run.count++;
      } else if (low === 0 && high === 0) {
        continue;
      } else if (level < LAST_LEVEL && (low & this.#type) === this.#type) {
        this.#table(level, at, low, high, Math.min(end, at + size));
        continue;
      } else {
        this.#startRun(level, at, low, high);
      }
      this.#expectNext(low, high, at + size, sizeLow, sizeHigh);
    }
  }

  #table(level: number, va: number, low: number, high: number, end: number): void {
    const { granule } = this.#map;
    const pa = outputAddress(this.field, low, high);
    const what = `the table of level ${level + 1} for ${formatAddress(va)}`;
    if (this.#seen.has(pa / granule)) {
      throw new TableFault(`expected ${what} at an address of its own, found pa ${formatAddress(pa)} again`);
    }
    this.#seen.add(pa / granule);
    this.#map.tables.push({ level, va, attributes: attributesOf(this.field, low, high) });
    const page = this.#page(level + 1);
    this.memory.readPhysical(pa, new Uint8Array(page.buffer), what);
    this.#scan(page, level + 1, va, end);
  }

  #startRun(level: number, va: number, low: number, high: number): void {
    this.#endRun();
    const pa = outputAddress(this.field, low, high);
    this.#run = { level, va, pa, count: 1, attributes: attributesOf(this.field, low, high) };
  }

  #endRun(): void {
    if (this.#run !== null) this.#map.leaves.push(this.#run);
    this.#run = null;
  }

  /** Where the field in place overflows, the next descriptor is no plain sum: it starts a run, and runs are merged. */
  #expectNext(low: number, high: number, va: number, sizeLow: number, sizeHigh: number): void {
    const sum = low + sizeLow;
    const carry = sum >= WORD ? 1 : 0;
    const { inPlaceLow, inPlaceHigh } = this.field;
    this.#nextLow = sum - carry * WORD;
    this.#nextHigh = high + sizeHigh + carry;
    this.#nextVa = va;
    if (((this.#nextLow & inPlaceLow) | (this.#nextHigh & inPlaceHigh)) === 0) this.#nextLow = NOTHING;
  }

  #page(level: number): DataView {
    // Level -1 is the first.
    return this.#pages[level + 1] as DataView;
  }
}
