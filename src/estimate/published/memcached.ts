// Kernel TLB misses of memcached with blocks against pages: direction and size of what the series reports.
import { judge, type PublishedCheck } from './published-check.js';

const SOURCE = '<20250917190323.3828347-1-yang@os.amperecomputing.com> (v8)';

/** Change of kernel TLB misses per 1000 instructions, AmpereOne with 192 cores. */
const PUBLISHED_PERCENT = -28.5;

/** Misses of the second level per 1000 instructions, kernel side, of one access stream over two maps. */
export interface MpkiPair {
  /** Access stream and core, in words: `memcached trace, AmpereOne`. */
  stream: string;
  /** rodata=full without BBML2. */
  pages: number;
  /** rodata=full with BBML2. */
  blocks: number;
}

/**
 * Two rows for each pair: whether blocks lower the misses, as published, and by how much. The size is never judged:
 * the published machine, data set and TLB event are not those of any stream here.
 * @throws RangeError where a stream has no misses with pages, so that there is nothing to lower.
 */
export function checkMemcached(pairs: readonly MpkiPair[]): PublishedCheck[] {
  return pairs.flatMap((pair, at) => {
    const { stream, pages, blocks } = pair;
    if (!(pages > 0)) throw new RangeError(`${stream}: ${pages} misses per 1000 instructions with pages`);
    const estimated = (blocks / pages - 1) * 100;
    return [
      judge({
        id: `memcached-direction-${at}`,
        what: `direction of kernel TLB misses with blocks, ${stream}`,
        published: Math.sign(PUBLISHED_PERCENT),
        estimated: Math.sign(estimated),
        unit: 'sign',
        withinPercent: 0,
        note: 'Blocks have fewer misses: −1.',
        source: SOURCE,
      }),
      judge({
        id: `memcached-size-${at}`,
        what: `change of kernel TLB misses with blocks, ${stream}`,
        published: PUBLISHED_PERCENT,
        estimated,
        unit: '%',
        withinPercent: null,
        note: 'Other core counts, data sets and TLB events; it is also the least share that the linear map had.',
        source: SOURCE,
      }),
    ];
  });
}
