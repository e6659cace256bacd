// The SVG canvas writes each circle as a path of a hundred curves, which makes most of a chart with many points.

/** A path that is long enough to be a circle, with what stands before and after its data. */
const LONG_PATH = /<path([^>]*?) d="(M[^"]{600,})"([^>]*?)\/>/g;
/** Pixels by which the points of a circle may be off. */
const TOLERANCE = 0.06;

/** The document with `<circle>` in place of every path that is one to the eye. */
export function withCircles(document: string): string {
  return document.replaceAll(LONG_PATH, (path, before: string, data: string, after: string) => {
    const circle = circleOf(data);
    if (circle === null) return path;
    const [cx, cy, r] = circle.map((length) => Number(length.toFixed(2)));
    return `<circle${before} cx="${cx}" cy="${cy}" r="${r}"${after}/>`;
  });
}

/** Centre and radius, where one subpath of curves runs around them. */
function circleOf(data: string): [cx: number, cy: number, r: number] | null {
  if (!/^M[^MLHVC]*Z?$/.test(data)) return null;
  const numbers = (data.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
  const xs = numbers.filter((_, i) => i % 2 === 0);
  const ys = numbers.filter((_, i) => i % 2 === 1);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const [cx, cy, r] = [(left + right) / 2, (top + bottom) / 2, (right - left) / 2];
  const round = xs.every((x, i) => Math.abs(Math.hypot(x - cx, (ys[i] as number) - cy) - r) <= TOLERANCE);
  return round ? [cx, cy, r] : null;
}
