// Colours that readers with any colour vision can tell apart: Okabe and Ito, "Color Universal Design", 2008.
import type { LeafSize } from '../leaf-size.js';

const OKABE_ITO = {
  black: '#000000',
  orange: '#e69f00',
  skyBlue: '#56b4e9',
  bluishGreen: '#009e73',
  yellow: '#f0e442',
  blue: '#0072b2',
  vermillion: '#d55e00',
  reddishPurple: '#cc79a7',
} as const;

export const INK = '#222222';
export const QUIET_INK = '#555555';
export const GRID = '#dddddd';
export const PAPER = '#ffffff';

const STRATEGY_COLOURS: Readonly<Record<string, string>> = {
  'page-basis': OKABE_ITO.vermillion,
  'huge-size': OKABE_ITO.blue,
  'contiguous-runs': OKABE_ITO.bluishGreen,
  'pages-only': OKABE_ITO.orange,
  'series-v3': OKABE_ITO.reddishPurple,
};
/** For strategies that have no colour of their own yet, in order of their ids. */
const SPARE_COLOURS = [OKABE_ITO.skyBlue, OKABE_ITO.black, OKABE_ITO.yellow];

/** The colour of each strategy; the same in every picture of the same strategies. */
export function strategyColours(strategies: readonly string[]): Map<string, string> {
  const spare = strategies.filter((strategy) => !(strategy in STRATEGY_COLOURS)).toSorted();
  return new Map(
    strategies.map((strategy) => [
      strategy,
      STRATEGY_COLOURS[strategy] ?? SPARE_COLOURS[spare.indexOf(strategy) % SPARE_COLOURS.length] ?? INK,
    ]),
  );
}

export const LEAF_COLOURS: Readonly<Record<LeafSize, string>> = {
  pud: OKABE_ITO.black,
  pmdCont: OKABE_ITO.blue,
  pmd: OKABE_ITO.skyBlue,
  pteCont: OKABE_ITO.orange,
  pte: OKABE_ITO.vermillion,
};

/** Beside the colours of leaves. */
export const TABLE_COLOUR = OKABE_ITO.bluishGreen;

/** What became of memory whose leaves kept their size. */
export const STATE_COLOURS = { readOnlyBytes: OKABE_ITO.blue, invalidBytes: OKABE_ITO.vermillion } as const;

export const GRANULE_COLOURS: Readonly<Record<number, string>> = {
  4096: OKABE_ITO.vermillion,
  16384: OKABE_ITO.bluishGreen,
  65536: OKABE_ITO.blue,
};

export const IMPLEMENTATION_COLOURS = {
  wasm: OKABE_ITO.blue,
  native: OKABE_ITO.bluishGreen,
  typescript: OKABE_ITO.orange,
} as const;

/** What access streams are laid over: configurations have colours beside those of strategies. */
const CONFIGURATION_COLOURS: Readonly<Record<string, string>> = {
  pages: OKABE_ITO.orange,
  blocks: OKABE_ITO.skyBlue,
  'blocks-after': OKABE_ITO.black,
  on: OKABE_ITO.yellow,
};

/** The colour of each map: of a configuration, or of what a strategy leaves. */
export function mapColours(maps: readonly string[]): Map<string, string> {
  const strategies = strategyColours(maps.filter((map) => !(map in CONFIGURATION_COLOURS)));
  return new Map(maps.map((map) => [map, CONFIGURATION_COLOURS[map] ?? strategies.get(map) ?? INK]));
}

/** For lines that stand for nothing in particular, told apart by order. */
export const SERIES_COLOURS: readonly string[] = [
  OKABE_ITO.blue,
  OKABE_ITO.vermillion,
  OKABE_ITO.bluishGreen,
  OKABE_ITO.orange,
  OKABE_ITO.reddishPurple,
  OKABE_ITO.black,
];
