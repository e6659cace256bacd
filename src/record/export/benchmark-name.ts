// Names of series and cases as other tools want them: without spaces, in parts with keys.
import { type ExactKind, kindOf } from '../exact-cases.js';

/** What the words after the kind mean, in order; a name may end early. */
const KEYS: Readonly<Record<ExactKind, readonly string[]>> = {
  replay: ['capture', 'strategy'],
  comparison: ['geometry', 'configuration', 'workload', 'strategy'],
  'table memory': ['geometry', 'memory', 'configuration'],
  flush: ['geometry', 'cpu'],
  tlb: ['core', 'stream', 'map', 'length'],
};

/**
 * A Go benchmark name of an exact case: `BenchmarkComparison/geometry=4K-48/configuration=blocks/…-1`.
 * The last part is GOMAXPROCS: without it, readers would take it from a name that ends in a number.
 */
export function goNameOfCase(name: string): string {
  const kind = kindOf(name);
  const keys = KEYS[kind];
  const parts = name
    .slice(kind.length + 1)
    .split(' ')
    .map((word, at) => `/${keys[at] ?? `part${at}`}=${word.replaceAll('/', '-')}`);
  return `Benchmark${pascalCase(kind)}${parts.join('')}-1`;
}

/** A Go benchmark name of a timed series: `BenchmarkHotPathWalk/random_walks_over_1_GiB_of_pages/wasm-1`. */
export function goNameOfSeries(name: string): string {
  const [first = '', ...rest] = name.split(', ');
  const parts = rest.map((part) => `/${part.replaceAll('/', '-').replace(/\s+/g, '_')}`);
  return `Benchmark${pascalCase(first)}${parts.join('')}-1`;
}

/** A counter as a unit, which has no spaces. */
export function goUnit(counter: string): string {
  return counter.replace(/\s+/g, '_');
}

/** Lower case, words joined by hyphens: `tlbi.single` is `tlbi-single`, `descriptorWrites` `descriptor-writes`. */
export function slug(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function pascalCase(words: string): string {
  return words
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('');
}
