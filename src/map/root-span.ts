import type { Address } from '../io/address.js';
import { pageEndOf, pageOffsetOf } from '../machine/va-layout.js';
import { type LinearMap, levelSize, type TableDescriptor } from './linear-map.js';

/**
 * Whether a table descriptor serves the linear map and nothing else. With 52-bit addresses one
 * root entry reaches beyond PAGE_END: it also serves the kernel image and vmalloc, and may be
 * there for their sake alone.
 * @param pageEnd end of the linear map; as the kernel lays it out where left out
 */
export function servesOnlyLinearMap(
  map: Pick<LinearMap, 'granule' | 'vaBits' | 'rootLevel'>,
  table: TableDescriptor,
  pageEnd: Address = pageEndOf(map.granule, map.vaBits),
): boolean {
  if (table.level !== map.rootLevel) return true;
  const end = table.va + levelSize(map.granule, table.level);
  return table.va >= pageOffsetOf(map.vaBits) && end <= pageEnd;
}
