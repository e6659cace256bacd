// A drawing as an SVG document.
import type { Drawing, Shape } from './drawing.js';

/** @param title for those who do not see the picture */
export function svgOf({ width, height, shapes }: Drawing, title: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Verdana, sans-serif" role="img">`,
    `<title>${escaped(title)}</title>`,
    ...shapes.map(elementOf),
    '</svg>',
    '',
  ].join('\n');
}

function elementOf(shape: Shape): string {
  switch (shape.kind) {
    case 'rect': {
      const { x, y, width, height, fill } = shape;
      return `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${fill}"/>`;
    }
    case 'lines': {
      const path: string[] = [];
      for (let at = 0; at < shape.ends.length; at += 4) {
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = shape.ends.slice(at, at + 4).map(short);
        path.push(`M${x1} ${y1}L${x2} ${y2}`);
      }
      return `<path d="${path.join('')}" stroke="${shape.stroke}" stroke-width="${shape.width}" fill="none"/>`;
    }
    case 'text': {
      const { x, y, text, size, bold, anchor, fill } = shape;
      const weight = bold ? ' font-weight="bold"' : '';
      return `<text x="${short(x)}" y="${short(y)}" font-size="${size}"${weight} text-anchor="${anchor}" fill="${fill}">${escaped(text)}</text>`;
    }
  }
}

function short(value: number): number {
  return Number(value.toFixed(2));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
