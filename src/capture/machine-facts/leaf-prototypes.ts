// The descriptors that a kernel gives to leaves of its linear map. The core maps one of each and is asked for it.
import type { Core, Prot } from '../../core/core.js';
import type { Granule } from '../../machine/va-layout.js';
import { pageEndOf, pageOffsetOf, usesLpa2 } from '../../machine/va-layout.js';

/** Descriptors without address: valid, writable, not contiguous. */
interface LeafPrototype {
  page: bigint;
  block: bigint;
}

export interface LeafPrototypes {
  /** As map_mem() maps memory. */
  tagged: LeafPrototype;
  /** Of plain PAGE_KERNEL, whose memory type the aliases of the image have. */
  untagged: LeafPrototype;
  /** What set_memory_ro() and set_direct_map_invalid_noflush() do to them. */
  readOnly: { set: bigint; clear: bigint };
  invalid: { set: bigint; clear: bigint };
  /** Descriptor of a table below the root that serves the linear map alone, made by a split. */
  table: bigint;
  /** Level and VA of the root entry that serves the kernel image too, and its descriptor; null where none does. */
  shared: { va: number; attributes: bigint } | null;
}

/** Uses the core up: it is reset to a machine of its own. */
export function leafPrototypes(core: Core, granule: Granule, vaBits: number): LeafPrototypes {
  const tagged = prototype(core, granule, vaBits, 'kernelTagged');
  const untagged = prototype(core, granule, vaBits, 'kernel');
  const { table, shared } = tableDescriptors(core, granule, vaBits);
  const readOnly = core.permission('ro');
  const invalid = core.permission('invalid');
  return { tagged, untagged, readOnly, invalid, table, shared };
}

function prototype(core: Core, granule: Granule, vaBits: number, prot: Prot): LeafPrototype {
  return {
    page: descriptorOf(core, granule, vaBits, prot, 3),
    block: descriptorOf(core, granule, vaBits, prot, 2),
  };
}

function descriptorOf(core: Core, granule: Granule, vaBits: number, prot: Prot, level: number): bigint {
  const va = mapOne(core, granule, vaBits, prot, level);
  const leaf = core.walk(va);
  if (leaf === null || leaf.level !== level) throw new Error(`the core maps no leaf of level ${level}`);
  return leaf.descriptor;
}

/** Maps one leaf, of PA 0, at the start of the linear map. */
function mapOne(core: Core, granule: Granule, vaBits: number, prot: Prot, level: number): number {
  const va = pageOffsetOf(vaBits);
  core.reset(granule, vaBits, pageEndOf(granule, vaBits), { lpa2: usesLpa2(granule, vaBits) });
  core.raw.linkSharedRootEntry();
  const flags = { noBlock: level === 3, noCont: true, noExec: true };
  const ret = core.mapRange(0, va, core.geometry.levelSize(level), prot, flags);
  if (ret !== 0) throw new Error(`the core cannot map one leaf: error ${ret}`);
  return va;
}

function tableDescriptors(
  core: Core,
  granule: Granule,
  vaBits: number,
): Pick<LeafPrototypes, 'table' | 'shared'> {
  const va = mapOne(core, granule, vaBits, 'kernelTagged', 3);
  const { rootLevel, pageEnd, levelSize } = core.geometry;
  const rootSize = levelSize(rootLevel);
  const lastRoot = Math.floor((pageEnd - 1) / rootSize) * rootSize;
  let table: bigint | null = null;
  let shared: LeafPrototypes['shared'] = null;
  for (const run of core.runs()) {
    if (!run.table) continue;
    if (run.level === rootLevel && run.va === lastRoot && lastRoot + rootSize > pageEnd) {
      shared = { va: run.va, attributes: run.attributes };
    } else if (run.va === va) table = run.attributes;
  }
  if (table === null) throw new Error('the core made no table');
  return { table, shared };
}
