// Moments that a trace marks, as upright lines over a chart.
import type { Plugin } from 'chart.js';
import { FONT } from './chart.js';
import { INK, PAPER, QUIET_INK } from './palette.js';

/** Names of more than this many would lie on each other. */
const MOST_NAMES = 12;

export function markerLines(markers: readonly { at: number; name: string }[]): Plugin {
  return {
    id: 'markerLines',
    afterDatasetsDraw(drawn) {
      const { ctx, chartArea } = drawn;
      const { x } = drawn.scales;
      if (x === undefined) return;
      ctx.save();
      ctx.font = `${FONT.small.size}px "${FONT.small.family}"`;
      ctx.textAlign = 'right';
      ctx.lineWidth = 2;
      ctx.strokeStyle = QUIET_INK;
      for (const { at, name } of markers) {
        const place = x.getPixelForValue(at);
        ctx.beginPath();
        ctx.setLineDash([4, 4]);
        ctx.moveTo(place, chartArea.top);
        ctx.lineTo(place, chartArea.bottom);
        ctx.stroke();
        if (markers.length > MOST_NAMES) continue;
        // Beside the line, on the side where there is room.
        const before = place - chartArea.left > FONT.small.size * 1.5;
        ctx.save();
        ctx.translate(place, chartArea.top + 6);
        ctx.rotate(-Math.PI / 2);
        ctx.textBaseline = before ? 'bottom' : 'top';
        const text = `map read: ${name}`;
        const { width } = ctx.measureText(text);
        const height = FONT.small.size * 1.3;
        ctx.fillStyle = PAPER;
        ctx.fillRect(-width - 4, before ? -height - 2 : 2, width + 8, height);
        ctx.fillStyle = INK;
        ctx.fillText(text, 0, before ? -4 : 4);
        ctx.restore();
      }
      ctx.restore();
    },
  };
}
