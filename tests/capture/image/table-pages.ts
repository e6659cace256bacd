/** The table pages of a linear map, as a kernel has them in its memory. */
import { type LinearMap, levelSize } from '../../../src/map/linear-map.js';
import { GiB } from '../../core/sizes.js';
import { encodeAddress } from '../../model/descriptor.js';
import { alignUp, type Geometry } from '../../model/geometry.js';
import { shuffle } from './shuffle.js';

/** One table; `level` is that of its entries, `va` what the first of them serves. */
export interface TablePage {
  level: number;
  va: number;
  pa: number;
  words: BigUint64Array;
}

export interface Bank {
  start: number;
  end: number;
}

export class TablePages {
  /** The root first, then in the order of `map.tables`. */
  readonly all: readonly TablePage[];
  /** Where tables below the root lie. */
  readonly banks: readonly Bank[];
  readonly #known = new Map<string, TablePage>();

  /**
   * @param rootShift bytes into swapper_pg_dir at which TTBR1 points
   * @param from PA from which on tables below the root lie, scattered
   */
  constructor(
    private readonly map: LinearMap,
    private readonly geometry: Geometry,
    private readonly rootShift: number,
    rootPa: number,
    from: number,
    random: () => number,
  ) {
    const { granule, tables, rootLevel } = map;
    // A page of its own for every table, in no order, with pages between them, in two banks.
    const size = (2 * Math.ceil(tables.length / 2) + 4) * granule;
    this.banks = [0, 4 * GiB].map((gap) => {
      const start = alignUp(from, granule) + gap;
      return { start, end: start + size };
    });
    const slots = this.banks.flatMap((bank) =>
      Array.from({ length: size / granule }, (_, i) => bank.start + i * granule),
    );
    shuffle(slots, random);
    const page = (level: number, va: number, pa: number): TablePage => {
      const table = { level, va, pa, words: new BigUint64Array(granule / 8) };
      this.#known.set(`${level} ${va}`, table);
      return table;
    };
    this.all = [
      page(rootLevel, geometry.pageOffset, rootPa),
      ...tables.map(({ level, va }, index) => page(level + 1, va, slots[index] as number)),
    ];
    this.#addForeignEntries();
    this.#addEntries();
  }

  #addEntries(): void {
    const { granule, tables, leaves } = this.map;
    for (const [index, { level, va, attributes }] of tables.entries()) {
      this.#put(level, va, encodeAddress(this.geometry, this.all[index + 1]?.pa ?? 0) | attributes);
    }
    for (const { level, va, pa, count, attributes } of leaves) {
      const size = levelSize(granule, level);
      for (let i = 0; i < count; i++) {
        this.#put(level, va + i * size, encodeAddress(this.geometry, pa + i * size) | attributes);
      }
    }
  }

  /** The half of the kernel image and vmalloc: descriptors that a reader of the linear map must not follow. */
  #addForeignEntries(): void {
    const { granule, rootLevel, tables } = this.map;
    const { pageEnd } = this.geometry;
    const foreign = encodeAddress(this.geometry, 2 ** 47 - granule) | 0x1000000000000403n;
    const fill = (level: number, from: number, end: number): void => {
      for (let va = from; va < end; va += levelSize(granule, level)) this.#put(level, va, foreign);
    };
    this.all[0]?.words.fill(foreign, 0, this.rootShift / 8);
    const size = levelSize(granule, rootLevel);
    fill(rootLevel, Math.ceil(pageEnd / size) * size, 0);
    // With LPA2 the root's last entry serves the end of the linear map and all that follows.
    const shared = Math.floor(pageEnd / size) * size;
    if (shared < pageEnd && tables.some(({ level, va }) => level === rootLevel && va === shared)) {
      fill(rootLevel + 1, pageEnd, shared + size);
    }
  }

  #put(level: number, va: number, descriptor: bigint): void {
    const { granule, rootLevel } = this.map;
    const isRoot = level === rootLevel;
    const span = isRoot ? 0 : levelSize(granule, level - 1);
    const start = isRoot ? this.geometry.pageOffset : Math.floor(va / span) * span;
    const table = this.#known.get(`${level} ${start}`);
    if (table === undefined) throw new Error(`no table of level ${level} for ${va}`);
    table.words[(va - start) / levelSize(granule, level) + (isRoot ? this.rootShift / 8 : 0)] = descriptor;
  }
}
