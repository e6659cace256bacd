// Patterns of one kind of access over one working set.
import type { MemoryPages } from './memory-pages.js';
import { Permutation } from './permutation.js';
import { ALONE, runParameter, type StreamKind, type StreamPlace, sizeParameter } from './stream-kind.js';
import type { StreamLaw } from './stream-law.js';
import { ZipfRanks } from './zipf-ranks.js';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Reading a file from the page cache, again and again. Order-0 folios that came one by one are scattered. */
export const sequential: StreamKind<'size' | 'run' | 'touches'> = {
  name: 'sequential',
  text: 'the pages of a file in the page cache, from first to last, again and again',
  parameters: {
    size: sizeParameter(GIB, 'bytes of the file'),
    run: runParameter(1),
    touches: {
      kind: 'count',
      default: 1,
      least: 1,
      most: 512,
      text: 'accesses of each page before the next',
    },
  },
  company: ALONE,
  start({ size, run, touches }, place) {
    const pages = place.pages(place.pagesOf(size), run);
    let index = 0;
    return (to) => {
      const va = pages.va(index);
      for (let i = 0; i < touches; i++) to.touch(va);
      index = index + 1 < pages.count ? index + 1 : 0;
    };
  },
  law: ({ size, run, touches }, place) => ({
    ...lawOf('cyclic', place.pages(place.pagesOf(size), run), run),
    touches,
  }),
};

export const uniform: StreamKind<'size' | 'run'> = {
  name: 'uniform',
  text: 'each access to any page of the working set with the same probability',
  parameters: { size: sizeParameter(16 * GIB, 'bytes of the working set'), run: runParameter(0) },
  company: ALONE,
  start({ size, run }, place) {
    const pages = place.pages(place.pagesOf(size), run);
    const { random } = place;
    return (to) => to.touch(pages.va(random.below(pages.count)));
  },
  law: ({ size, run }, place) => lawOf('uniform', place.pages(place.pagesOf(size), run), run),
};

/** Popular pages lie anywhere unless `run` keeps neighbours in rank together. */
export const zipf: StreamKind<'s' | 'size' | 'run'> = {
  name: 'zipf',
  text: 'pages by popularity: the r-th most popular with probability proportional to r^-s',
  parameters: {
    s: { kind: 'number', default: 0.99, least: 0.01, most: 10, text: 'exponent' },
    size: sizeParameter(16 * GIB, 'bytes of the working set'),
    run: runParameter(1),
  },
  company: ALONE,
  start({ s, size, run }, place) {
    const pages = place.pages(place.pagesOf(size), run);
    const ranks = new ZipfRanks(pages.count, s);
    const { random } = place;
    return (to) => to.touch(pages.va(ranks.next(random) - 1));
  },
  law: ({ s, size, run }, place) => ({
    ...lawOf('Zipf', place.pages(place.pagesOf(size), run), run),
    exponent: s,
  }),
};

export const strided: StreamKind<'stride' | 'size'> = {
  name: 'strided',
  text: 'one page every `stride` bytes of physically consecutive memory, again and again',
  parameters: {
    stride: {
      kind: 'size',
      default: 128 * KIB,
      least: 1,
      text: 'bytes from one access to the next, in whole pages',
    },
    size: sizeParameter(GIB, 'bytes of the working set'),
  },
  company: ALONE,
  start({ stride, size }, place) {
    const step = pagesBetween(stride, place);
    const pages = place.pages(place.pagesOf(size), 0);
    let index = 0;
    return (to) => {
      to.touch(pages.va(index));
      index = index + step < pages.count ? index + step : 0;
    };
  },
  law({ stride, size }, place) {
    const step = pagesBetween(stride, place);
    const pages = place.pages(place.pagesOf(size), 0);
    return {
      ...lawOf('cyclic', pages, 0),
      pages: Math.ceil(pages.count / step),
      va: (index) => pages.va(index * step),
    };
  },
};

/** @throws RangeError for a stride that is not whole pages */
function pagesBetween(stride: number, { machine: { granule } }: StreamPlace): number {
  if (stride % granule !== 0) throw new RangeError(`expected a stride of whole pages of ${granule} bytes`);
  return stride / granule;
}

/** Each address comes from the access before, so a core can neither reorder nor predict them. */
export const chase: StreamKind<'size' | 'run'> = {
  name: 'chase',
  text: 'dependent accesses: all pages in one random order, the same in each lap',
  parameters: { size: sizeParameter(256 * MIB, 'bytes of the working set'), run: runParameter(0) },
  company: ALONE,
  dependent: true,
  start({ size, run }, place) {
    const pages = place.pages(place.pagesOf(size), run);
    const order = new Permutation(pages.count, place.random.word());
    let index = 0;
    return (to) => {
      to.touch(pages.va(order.at(index)));
      index = index + 1 < pages.count ? index + 1 : 0;
    };
  },
  law({ size, run }, place) {
    const pages = place.pages(place.pagesOf(size), run);
    const order = new Permutation(pages.count, place.random.word());
    return { ...lawOf('cyclic', pages, 1), va: (index) => pages.va(order.at(index)) };
  },
};

/** All pages once, in their order. */
function lawOf(name: StreamLaw['name'], pages: MemoryPages, run: number): StreamLaw {
  return {
    name,
    pages: pages.count,
    va: (index) => pages.va(index),
    exponent: 0,
    touches: 1,
    inOrder: run !== 1,
  };
}
