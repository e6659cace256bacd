// The linear maps of an import: read where something shows them, built from the machine's description where nothing does.
import { Core } from '../../core/core.js';
import { InputError } from '../../io/input-error.js';
import { bootLinearMap } from '../../kernel/boot.js';
import type { Machine } from '../../machine/machine.js';
import { compareMaps } from '../../map/compare.js';
import { readMap as readCoreMap } from '../../map/core-map.js';
import type { LinearMap } from '../../map/linear-map.js';
import { type MapState, mapState } from '../../map/map-state.js';
import { mapFromPtdump } from '../machine-facts/map-from-ptdump.js';
import { memoryDisagreements } from '../machine-facts/memory-check.js';
import type { ReadTables } from './evidence.js';
import type { Role } from './role.js';
import type { MapSource } from './sources.js';

/** `read`: every descriptor as the machine has it. `rebuilt`: from a text that leaves out some of it. `built`: by the model. */
export type MapOrigin = 'read' | 'rebuilt' | 'built';

export interface ImportedMap {
  role: Role;
  map: LinearMap;
  origin: MapOrigin;
  /** The file that it comes from; `machine.json` for a map that was built. */
  from: string;
  /** What is in the map although nothing showed it, a sentence each. */
  assumed: string[];
}

/** The text of more tables is larger than a JavaScript string, and so than what could be read again. */
const MAX_TABLES = 4 * 2 ** 20;

export class MapAssembly {
  readonly warnings: string[] = [];
  readonly #core = new Core();

  constructor(
    private readonly machine: Machine,
    private readonly tables: ReadTables,
    /** Names that the capture script gives tables that changed while it read them: `before/tables.elf`. */
    private readonly moved: readonly string[],
    /** Where the machine's memory is from: `iomem.txt: System RAM`. */
    private readonly memoryFrom: string,
  ) {}

  /** The map of one role from the most exact of its sources; the others are only held against it. */
  read(sources: readonly MapSource[]): ImportedMap {
    const [best, ...others] = sources.map((source) => this.#readOne(source)) as [
      ImportedMap,
      ...ImportedMap[],
    ];
    for (const other of others) this.#holdAgainst(best, other);
    return best;
  }

  /** The map that the model builds from the description. */
  build(role: Role): ImportedMap {
    const core = this.#core;
    try {
      bootLinearMap(core, this.machine, 'final');
    } catch (error) {
      if (core.raw.outOfMemory.value !== 0) {
        throw new InputError(this.memoryFrom, null, 'expected page tables of at most 4 GiB, found more');
      }
      if (error instanceof RangeError) throw new InputError(this.memoryFrom, null, error.message);
      throw error;
    }
    requireWritable(this.memoryFrom, tablesIn(mapState(core)));
    return {
      role,
      map: readCoreMap(core),
      origin: 'built',
      from: 'machine.json',
      assumed: ["the whole map: built as the kernel's boot would, without what the machine did to it since"],
    };
  }

  #readOne(source: MapSource): ImportedMap {
    const { role, file } = source;
    const image = this.tables.images.get(source);
    if (image) {
      const assumed = image.moved.map((what) => `tables that changed while they were read: ${what}`);
      if (this.moved.some((name) => file.place.endsWith(`/${name}`))) {
        assumed.push('tables that changed while the capture script read them (log.txt says which)');
      }
      return this.#checked({ role, map: image.map, origin: 'read', from: file.name, assumed });
    }
    const ptdump = this.tables.ptdumps.get(source);
    if (ptdump) {
      const { map, assumed } = mapFromPtdump(ptdump, this.machine, this.#core);
      return this.#checked({ role, map, origin: 'rebuilt', from: file.name, assumed });
    }
    const map = this.tables.maps.get(source);
    if (map === undefined) throw new Error(`${file.name} was not read`);
    return this.#checked({ role, map, origin: 'read', from: file.name, assumed: [] });
  }

  #checked(imported: ImportedMap): ImportedMap {
    const { granule, vaBits } = this.machine;
    const { map, from } = imported;
    requireWritable(from, map.tables.length);
    if (map.granule !== granule || map.vaBits !== vaBits) {
      throw new InputError(
        from,
        null,
        `expected tables of the machine's granule and VA bits (${granule}, ${vaBits}), found ${map.granule}, ${map.vaBits}`,
      );
    }
    for (const sentence of memoryDisagreements(map, this.machine.memory)) {
      this.warnings.push(`${from}: ${sentence}, by ${this.memoryFrom}`);
    }
    return imported;
  }

  #holdAgainst(best: ImportedMap, other: ImportedMap): void {
    const { pageEnd } = this.machine;
    const { differenceCount } = compareMaps(best.map, other.map, { pageEnd });
    if (differenceCount === 0) return;
    this.warnings.push(
      `${other.from}: ${differenceCount} descriptors other than in ${best.from}, which was used: they were not read at the same moment`,
    );
  }
}

/** The core describes uniform tables by formula; a map lists every one. */
function requireWritable(file: string, tables: number): void {
  if (tables <= MAX_TABLES) return;
  throw new InputError(file, null, `expected a map of at most ${MAX_TABLES} tables, found ${tables}`);
}

function tablesIn({ tables: { p4d, pud, pmd, pte } }: MapState): number {
  return p4d + pud + pmd + pte;
}
