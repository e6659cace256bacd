import type { ModuleSections } from './module.js';

const KIB = 2 ** 10;

/** Section sizes of dm_mod as captures/4k-bbml2/load-small shows them: a module of ordinary size. */
export const DM_MOD: ModuleSections = {
  text: 100 * KIB,
  data: 60 * KIB,
  rodata: 20 * KIB,
  roAfterInit: 4 * KIB,
  initText: 4 * KIB,
  initData: 60 * KIB,
  initRodata: 0,
};
