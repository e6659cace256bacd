// Confidence intervals over bars. A dependency of its own would do it too, but loads its own copy of Chart.js.
import type { Plugin } from 'chart.js';
import { INK } from './palette.js';

const CAP = 9;

interface Interval {
  low: number;
  high: number;
}

/** Draws an interval on each lying bar that has one: by dataset, then by index. */
export function intervalBars(intervals: readonly (readonly (Interval | undefined)[])[]): Plugin {
  return {
    id: 'intervalBars',
    afterDatasetsDraw(drawn) {
      const { ctx } = drawn;
      ctx.save();
      ctx.strokeStyle = INK;
      ctx.lineWidth = 2;
      intervals.forEach((ofDataset, datasetIndex) => {
        const { data, vScale } = drawn.getDatasetMeta(datasetIndex);
        ofDataset.forEach((interval, index) => {
          const bar = data[index];
          if (interval === undefined || bar === undefined || vScale === undefined) return;
          const [left, right] = [interval.low, interval.high].map((end) => vScale.getPixelForValue(end));
          if (left === undefined || right === undefined) return;
          ctx.beginPath();
          ctx.moveTo(left, bar.y);
          ctx.lineTo(right, bar.y);
          for (const x of [left, right]) {
            ctx.moveTo(x, bar.y - CAP);
            ctx.lineTo(x, bar.y + CAP);
          }
          ctx.stroke();
        });
      });
      ctx.restore();
    },
  };
}
