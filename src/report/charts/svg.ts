// Charts as SVG documents. The wrapper that draws the PNGs cannot: here Chart.js draws on an SVG canvas itself.
import { createRequire } from 'node:module';
import { FONT_FILES } from '../picture/fonts.js';
import { type Chart, FONT_FAMILY } from './chart.js';
import { withCircles } from './svg-circles.js';

/** Draws a chart as an SVG document, black on white, with its title and conditions for those who do not see it. */
export type DrawSvg = (chart: Chart) => string;

/** @throws Error where no canvas can be loaded */
export async function loadSvg(): Promise<DrawSvg> {
  const { createCanvas, GlobalFonts, SvgExportFlag } = await import('@napi-rs/canvas');
  const { Chart: Drawer, registerables } = await import('chart.js');
  const { resolve } = createRequire(import.meta.url);
  for (const file of Object.values(FONT_FILES)) GlobalFonts.registerFromPath(resolve(file), FONT_FAMILY);
  Drawer.register(...registerables);
  return (chart) => {
    const { width, height } = chart.size;
    const canvas = createCanvas(width, height, SvgExportFlag.NoPrettyXML);
    // Chart.js asks for an element of a page; whatever it uses of one this canvas has.
    const context = canvas.getContext('2d') as unknown as CanvasRenderingContext2D;
    const options = { ...chart.config.options, devicePixelRatio: 1 };
    const drawn = new Drawer(context, { ...chart.config, options });
    const document = canvas.getContent().toString('utf8');
    drawn.destroy();
    return tidied(document, chart);
  };
}

/** What the canvas wrote, made smaller and complete: a ground, words, a size that follows the page, fonts that there are. */
function tidied(document: string, { size: { width, height }, title, conditions }: Chart): string {
  const start = document.indexOf('>', document.indexOf('<svg')) + 1;
  const drawing = document
    .slice(start)
    .replaceAll(/font-family="[^"]*"/g, 'font-family="DejaVu Sans, Verdana, sans-serif"')
    // Lengths in attributes; what the texts say stays as it is.
    .replaceAll(/="[^"<>]*"/g, (value) =>
      value.replaceAll(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
    );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(conditions)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>${withCircles(drawing)}`,
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
