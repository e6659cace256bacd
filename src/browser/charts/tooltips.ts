// What is said about the bar or point under the pointer: the axis's words and units.
import type {
  CartesianScaleOptions,
  ChartConfiguration,
  ChartTypeRegistry,
  Plugin,
  Scale,
  TooltipItem,
} from 'chart.js';

type Options = NonNullable<ChartConfiguration['options']>;
type Item = TooltipItem<keyof ChartTypeRegistry>;
type ValueScale = Scale<CartesianScaleOptions>;
type Tooltip = NonNullable<NonNullable<Options['plugins']>['tooltip']>;

export const TOOLTIP: Tooltip = {
  enabled: true,
  borderColor: '#8a9097',
  borderWidth: 1,
  padding: 10,
  titleFont: { size: 17 },
  bodyFont: { size: 17 },
  callbacks: {
    title: ([item]) => (item === undefined ? '' : placeText(item)),
    label: (item) => `${item.dataset.label ?? ''}: ${valueText(item)} (${axisTitle(valueScale(item))})`,
  },
};

/** The names along the axis, or the value of a point there after what that axis counts. */
function placeText(item: Item): string {
  const scale = otherScale(item);
  if (scale === undefined || scale.type === 'category') {
    const label = item.chart.data.labels?.[item.dataIndex];
    return Array.isArray(label) ? label.join(' ') : String(label ?? item.label);
  }
  const { x, y } = item.parsed as { x: number; y: number };
  return `${axisTitle(scale)}: ${tickText(scale, scale.axis === 'x' ? x : y)}`;
}

function valueText(item: Item): string {
  const scale = valueScale(item);
  const { raw } = item;
  if (Array.isArray(raw)) return raw.map((end) => tickText(scale, Number(end))).join(' to ');
  const { x, y } = item.parsed as { x: number; y: number };
  return tickText(scale, scale?.axis === 'x' ? x : y);
}

/** As the axis writes its ticks, which is with the unit. */
function tickText(scale: ValueScale | undefined, value: number): string {
  const text = scale?.options.ticks.callback.call(scale, value, 0, []);
  return Array.isArray(text) ? text.join(' ') : String(text ?? value);
}

function axisTitle(scale: ValueScale | undefined): string {
  return [scale?.options.title.text ?? '']
    .flat()
    .join(' ')
    .replace(/\s*\(logarithmic\)/, '');
}

function valueScale({ chart, datasetIndex }: Item): ValueScale | undefined {
  return chart.getDatasetMeta(datasetIndex).vScale as ValueScale | undefined;
}

function otherScale({ chart, datasetIndex }: Item): ValueScale | undefined {
  return chart.getDatasetMeta(datasetIndex).iScale as ValueScale | undefined;
}

/**
 * The page shows a canvas in another size than it is drawn in, and Chart.js takes the pointer's place for one in the
 * size of the drawing.
 */
export const SCALED_POINTER: Plugin = {
  id: 'scaledPointer',
  beforeEvent(chart, args) {
    const { event } = args;
    if (event.x === null || event.y === null || chart.canvas.clientWidth === 0) return;
    const scale = chart.width / chart.canvas.clientWidth;
    event.x *= scale;
    event.y *= scale;
    args.inChartArea = chart.isPointInArea({ x: event.x, y: event.y });
  },
};
