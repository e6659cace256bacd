// Memory of the linear map's page tables against the size of memory, for each way the boot maps it.
import type { Core } from '../src/core/core.js';
import { bootLinearMap } from '../src/kernel/boot.js';
import { describeMachine } from '../src/machine/synthetic.js';
import { mapDigest } from '../src/map/map-digest.js';
import { mapState } from '../src/map/map-state.js';
import type { TableMemoryRecord } from '../src/record/run.js';
import { CONFIGURATIONS, GIB, REGIMES } from './configurations.js';

/** 1 GiB to 6 TiB. */
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 6144].map((n) => n * GIB);

/** One bank from PA 0 without an image: the ideal map. `on` and `off` map as BBML2 does, so that is all there is. */
export function tableMemory(core: Core): TableMemoryRecord[] {
  return REGIMES.flatMap((regime) =>
    CONFIGURATIONS.flatMap(({ id, rodata, bbml2 }) =>
      SIZES.map((memory) => {
        bootLinearMap(core, describeMachine({ ...regime, memory, rodata, bbml2 }), 'final');
        const { tableBytes } = mapState(core);
        return { ...regime, memoryBytes: memory, configuration: id, tableBytes, digest: mapDigest(core) };
      }),
    ),
  );
}
