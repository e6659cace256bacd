// A drawing as a PNG file. Needs a canvas, which an installation may lack.
import { createRequire } from 'node:module';
import type { CanvasRenderingContext2D } from 'canvas';
import { FONT_FAMILY } from '../charts/chart.js';
import type { Drawing, Shape } from './drawing.js';
import { FONT_FILES } from './fonts.js';

/** Pixels of the file for each of the drawing, so that it stays sharp on screens of today. */
const SCALE = 2;
const ANCHORS = { start: 'left', middle: 'center', end: 'right' } as const;

/** @throws Error where no canvas can be loaded */
export async function pngOf({ width, height, shapes }: Drawing): Promise<Uint8Array> {
  const { createCanvas, registerFont } = await import('canvas');
  const { resolve } = createRequire(import.meta.url);
  for (const weight of ['normal', 'bold'] as const) {
    registerFont(resolve(FONT_FILES[weight]), { family: FONT_FAMILY, weight });
  }
  const canvas = createCanvas(width * SCALE, height * SCALE);
  const context = canvas.getContext('2d');
  context.scale(SCALE, SCALE);
  for (const shape of shapes) draw(context, shape);
  return canvas.toBuffer('image/png');
}

function draw(context: CanvasRenderingContext2D, shape: Shape): void {
  switch (shape.kind) {
    case 'rect':
      context.fillStyle = shape.fill;
      context.fillRect(shape.x, shape.y, shape.width, shape.height);
      return;
    case 'lines':
      context.strokeStyle = shape.stroke;
      context.lineWidth = shape.width;
      context.beginPath();
      for (let at = 0; at < shape.ends.length; at += 4) {
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = shape.ends.slice(at, at + 4);
        context.moveTo(x1, y1);
        context.lineTo(x2, y2);
      }
      context.stroke();
      return;
    case 'text':
      context.fillStyle = shape.fill;
      context.font = `${shape.bold ? 'bold ' : ''}${shape.size}px "${FONT_FAMILY}"`;
      context.textAlign = ANCHORS[shape.anchor];
      context.fillText(shape.text, shape.x, shape.y);
      return;
  }
}
