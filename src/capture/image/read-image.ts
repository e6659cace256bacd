import { Core } from '../../core/core.js';
import { InputError } from '../../io/input-error.js';
import type { LinearMap } from '../../map/linear-map.js';
import { addressFieldOf } from './address-field.js';
import { type ElfCore, looksLikeImage, readElfCore } from './elf-core.js';
import { factsOf, type GivenFacts, type ImageFacts } from './image-facts.js';
import { ImageMemory, TableFault } from './image-memory.js';
import type { ImageSource } from './image-source.js';
import { openImage } from './open-image.js';
import { readUntilAgreed } from './readings.js';
import { searchVmcoreinfo } from './search-vmcoreinfo.js';
import { TableWalk } from './table-walk.js';
import { findVmcoreinfo, parseVmcoreinfo } from './vmcoreinfo.js';

export type { GivenFacts, ImageFacts } from './image-facts.js';

interface ImageOptions extends GivenFacts {
  /** Readings of a live source at most, before what moved is told instead. Default 8. */
  readings?: number;
}

export interface ImageReading {
  /** The linear map, in normal form. */
  map: LinearMap;
  facts: ImageFacts;
  /** What changed between the last two readings of a live source; empty where they agree, or nothing can change. */
  moved: string[];
}

const READINGS = 8;

/** Whether a file that begins with these bytes (64 will do) is a memory image, or a dump that is not read as it is. */
export function isImage(head: Uint8Array): boolean {
  return looksLikeImage(head);
}

/**
 * Reads the linear map out of a memory image: /proc/kcore, an ELF vmcore, QEMU's dump-guest-memory, gzipped or in
 * makedumpfile's flattened format. Only table pages are read.
 * @throws InputError where the file is none, is damaged, lacks facts that are not given, or its tables are no
 *   linear map's.
 */
export function readImage(path: string, options: ImageOptions = {}): ImageReading {
  const source = openImage(path);
  try {
    return readImageSource(source, options);
  } finally {
    source.close();
  }
}

/** As `readImage`, from a source that is open already. */
export function readImageSource(source: ImageSource, options: ImageOptions = {}): ImageReading {
  const elf = readElfCore(source);
  const note = findVmcoreinfo(elf);
  if (note === null && options.rootPa === undefined && !source.live) {
    const found = readWithText(source, elf, options);
    if (found !== null) return found;
  }
  try {
    return readTables(source, elf, note, options);
  } catch (error) {
    throw error instanceof TableFault ? new InputError(source.name, null, error.message) : error;
  }
}

/** With a VMCOREINFO text out of the memory itself; null where none leads to tables. */
function readWithText(source: ImageSource, elf: ElfCore, options: ImageOptions): ImageReading | null {
  for (const text of searchVmcoreinfo(source, elf)) {
    try {
      return readTables(source, elf, text, options);
    } catch (error) {
      // A kernel that ran before, in memory that nobody has cleared since.
      if (!(error instanceof TableFault) && !(error instanceof InputError)) throw error;
    }
  }
  return null;
}

function readTables(
  source: ImageSource,
  elf: ElfCore,
  vmcoreinfo: string | null,
  options: ImageOptions,
): ImageReading {
  const info = vmcoreinfo === null ? null : parseVmcoreinfo(vmcoreinfo, source.name);
  const facts = factsOf(source.name, elf, info, options);
  const core = new Core();
  const field = addressFieldOf(core, facts.granule, facts.vaBits);
  const memory = new ImageMemory(source, elf.loads, {
    linear: facts.physOffset === null ? null : facts.pageOffset - facts.physOffset,
    image: facts.kimageVoffset,
  });
  const read = () => new TableWalk(memory, facts, field, core.bits.typeMask).read();
  const { map, moved } = source.live
    ? readUntilAgreed(read, options.readings ?? READINGS, core.bits)
    : { map: read(), moved: [] };
  const [first] = map.leaves;
  facts.physOffset ??= first ? first.pa - first.va + facts.pageOffset : null;
  facts.tables = map.tables.length;
  facts.tableBytes = map.tables.length * facts.granule;
  return { map, facts, moved };
}
