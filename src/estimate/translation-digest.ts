import type { Core } from '../core/core.js';
import type { FlatCoreModel } from '../machine/cores/core-model.js';
import { mapDigest } from '../map/map-digest.js';

/**
 * Tells the core's linear map from others whose walks and TLB entries differ: leaves and tables, where they are and how
 * far they reach. Permissions count only where hardware looks at them before it puts pages together.
 */
export function translationDigest(core: Core, { aggregation }: Pick<FlatCoreModel, 'aggregation'>): string {
  const { valid, contiguous } = core.bits;
  return aggregation > 1 ? mapDigest(core) : mapDigest(core, valid | contiguous);
}
