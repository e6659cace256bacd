// The cores that linmap comes with, oldest design first within each family.
import type { CoreModel } from '../core-model.js';
import { A64FX } from './a64fx.js';
import { AMPEREONE } from './ampereone.js';
import { APPLE_M1 } from './apple-m1.js';
import { CORTEX_A53 } from './cortex-a53.js';
import { CORTEX_A55 } from './cortex-a55.js';
import { CORTEX_A72 } from './cortex-a72.js';
import { CORTEX_A76 } from './cortex-a76.js';
import { CORTEX_X4 } from './cortex-x4.js';
import { NEOVERSE_N1 } from './neoverse-n1.js';
import { NEOVERSE_N2 } from './neoverse-n2.js';
import { NEOVERSE_V1 } from './neoverse-v1.js';
import { NEOVERSE_V2 } from './neoverse-v2.js';
import { NEOVERSE_V3 } from './neoverse-v3.js';
import { TAISHAN_V110 } from './taishan-v110.js';

export const CORES: readonly CoreModel[] = [
  CORTEX_A53,
  CORTEX_A55,
  CORTEX_A72,
  CORTEX_A76,
  CORTEX_X4,
  NEOVERSE_N1,
  NEOVERSE_N2,
  NEOVERSE_V1,
  NEOVERSE_V2,
  NEOVERSE_V3,
  AMPEREONE,
  APPLE_M1,
  A64FX,
  TAISHAN_V110,
];
