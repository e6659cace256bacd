// Parts of linmap tlb's command line that its tests share.
import { STRATEGIES } from '../../src/strategy/index.js';

export const memory = ['--granule', '4K', '--va-bits', '48', '--memory', '16G'];
export const core = ['--core', 'neoverse-n1'];
export const MAIN = ['pages', 'blocks', 'blocks-after', 'on'];
export const ALL = [...MAIN, ...STRATEGIES.map(({ id }) => id)];
export const dmCrypt = 'captures/access/dm-crypt-write.bin.br';
export const memcached = 'captures/access/memcached.bin.br';
