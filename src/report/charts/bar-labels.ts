// What each bar says at its end. A bar of zero has no length on a logarithmic axis: its label at the base is all of it.
import type { Chart as Drawn, Plugin } from 'chart.js';
import { FONT } from './chart.js';
import { INK } from './palette.js';

const DISTANCE = 6;

/**
 * Writes a text at the end of each bar, or above it; null writes nothing.
 * @param labels by dataset, then by index
 * @param reach how far the bar goes where that is not its value: by dataset, then by index
 */
export function barLabels(
  labels: readonly (readonly (string | null)[])[],
  reach?: readonly (readonly number[])[],
): Plugin {
  return {
    id: 'barLabels',
    afterDatasetsDraw(drawn) {
      const { ctx } = drawn;
      const horizontal = drawn.options.indexAxis === 'y';
      ctx.save();
      ctx.fillStyle = INK;
      ctx.font = `${FONT.small.size}px "${FONT.small.family}"`;
      ctx.textAlign = horizontal ? 'left' : 'center';
      ctx.textBaseline = horizontal ? 'middle' : 'bottom';
      labels.forEach((ofDataset, datasetIndex) => {
        ofDataset.forEach((label, index) => {
          const bar = drawn.getDatasetMeta(datasetIndex).data[index];
          if (label === null || bar === undefined) return;
          const end = pixelOf(
            drawn,
            datasetIndex,
            reach?.[datasetIndex]?.[index] ?? lengthOf(drawn, datasetIndex, index),
          );
          if (horizontal) ctx.fillText(label, end + DISTANCE, bar.y);
          else ctx.fillText(label, bar.x, end - DISTANCE);
        });
      });
      ctx.restore();
    },
  };
}

function lengthOf(drawn: Drawn, datasetIndex: number, index: number): number {
  const value = drawn.data.datasets[datasetIndex]?.data[index];
  return typeof value === 'number' ? value : 0;
}

/** Where a value lies; one below the axis lies at its start. */
function pixelOf(drawn: Drawn, datasetIndex: number, value: number): number {
  const scale = drawn.getDatasetMeta(datasetIndex).vScale;
  if (scale === undefined) throw new Error('a bar has a value axis');
  return scale.getPixelForValue(Math.max(value, scale.min));
}
