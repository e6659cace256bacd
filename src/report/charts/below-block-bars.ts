// Stacked bars of the memory that came to be mapped by leaves smaller than a block: pages, and contiguous pages.
import { formatSize } from '../../io/size.js';
import { groupBy } from '../group.js';
import { byStrategy, strategyLabel } from '../labels.js';
import type { BelowBlock } from '../leaf-size.js';
import { categoryAxis, percentAxis } from './axes.js';
import { barLabels } from './bar-labels.js';
import { type Chart, chart } from './chart.js';
import { LEAF_COLOURS } from './palette.js';

/** Strategies on the same thing: their bars are shares of the longest of them. */
export interface BelowBlockGroup {
  label: string;
  /** What each strategy left, by strategy. */
  left: Map<string, BelowBlock>;
}

/** Percent of the axis kept free for the amounts beside the bars. */
const LABEL_ROOM = 17;

/**
 * Amounts of different groups lie orders of magnitude apart, so each group has its own 100 %, and each bar
 * says its amount. Strategies of a group that leave the same share a bar.
 */
export function belowBlockChart(
  groups: readonly BelowBlockGroup[],
  { file, title, conditions }: { file: string; title: string; conditions: string },
): Chart {
  const rows = groups.flatMap(rowsOf);
  const share = (bytes: (left: BelowBlock) => number) =>
    rows.map(({ left, longest }) => (left && longest > 0 ? (100 * bytes(left)) / longest : null));
  const pages = share((left) => left.pages);
  const contiguous = share((left) => left.contiguous);
  const amounts = (bytes: (left: BelowBlock) => number) =>
    rows.map(({ left }) => left && sizeOrNone(bytes(left)));
  const ends = rows.map((_, at) => (pages[at] ?? 0) + (contiguous[at] ?? 0));
  const bar = { barPercentage: 0.9, categoryPercentage: 0.9 };
  return chart({
    file,
    title,
    conditions,
    height: 230 + rows.length * 31,
    type: 'bar',
    labels: rows.map(({ label }) => label),
    datasets: [
      { label: 'in pages', data: pages, backgroundColor: LEAF_COLOURS.pte, ...bar },
      { label: 'in contiguous pages', data: contiguous, backgroundColor: LEAF_COLOURS.pteCont, ...bar },
    ],
    cells: [amounts((left) => left.pages), amounts((left) => left.contiguous)],
    options: { indexAxis: 'y' },
    scales: {
      x: percentAxis('memory left in leaves smaller than a block (100 % = most of any strategy)', LABEL_ROOM),
      y: categoryAxis({ stacked: true, heads: (index) => rows[index]?.left === null }),
    },
    plugins: [barLabels([[], rows.map(({ left }) => left && amountLabel(left))], [[], ends])],
  });
}

/** All bytes below blocks. */
export function totalBelowBlock({ pages, contiguous }: BelowBlock): number {
  return pages + contiguous;
}

/** Page basis against huge size, in the group where that makes the greatest difference. */
export function hugeSizeFinding(groups: readonly BelowBlockGroup[]): string {
  let best = { difference: 0, text: 'Huge size leaves no more blocks whole than page basis' };
  for (const { label, left } of groups) {
    const [pageBasis, hugeSize] = [left.get('page-basis'), left.get('huge-size')];
    if (pageBasis === undefined || hugeSize === undefined) continue;
    const difference = totalBelowBlock(pageBasis) - totalBelowBlock(hugeSize);
    if (difference <= best.difference) continue;
    const rest = totalBelowBlock(hugeSize) === 0 ? 'none' : formatSize(totalBelowBlock(hugeSize));
    best = {
      difference,
      text: `For ${label}, page basis breaks ${formatSize(totalBelowBlock(pageBasis))} of blocks into smaller leaves, huge size ${rest}`,
    };
  }
  return best.text;
}

interface BarRow {
  label: string;
  /** null: the head of a group. */
  left: BelowBlock | null;
  longest: number;
}

function rowsOf({ label, left }: BelowBlockGroup): BarRow[] {
  const longest = Math.max(...[...left.values()].map(totalBelowBlock));
  const strategies = [...left.keys()].sort(byStrategy);
  const alike = groupBy(strategies, (strategy) => JSON.stringify(left.get(strategy)));
  return [
    { label, left: null, longest },
    ...[...alike.values()].map((same) => ({
      label: same.map(strategyLabel).join(', '),
      left: left.get(same[0] ?? '') ?? null,
      longest,
    })),
  ];
}

function amountLabel(left: BelowBlock): string {
  return sizeOrNone(totalBelowBlock(left));
}

function sizeOrNone(bytes: number): string {
  return bytes === 0 ? '0' : formatSize(bytes);
}
