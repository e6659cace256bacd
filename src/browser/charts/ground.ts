// What a chart is drawn on. Its colours were chosen on paper; on a dark screen those of ink and paper change places.
import { FONT_FAMILY } from '../../report/charts/chart.js';
import { GRID, INK, PAPER, QUIET_INK } from '../../report/charts/palette.js';

export type Ground = 'paper' | 'dark';

/** Darkest of the colours that stand for data. */
const BLACK = '#000000';

/** Colours to draw with in place of those of paper, as the page's own style has them. */
export function darkColours(style: CSSStyleDeclaration): Map<string, string> {
  const variable = (name: string) => style.getPropertyValue(name).trim();
  return new Map([
    [INK, variable('--ink')],
    [QUIET_INK, variable('--quiet')],
    [GRID, variable('--line')],
    [PAPER, variable('--raised')],
    [BLACK, variable('--ink')],
  ]);
}

/** Fonts that a page may count on; the pictures bring a file of their own, under this name. */
const FONTS = '"DejaVu Sans", Verdana, system-ui, sans-serif';
const OWN_FONT = new RegExp(`"?${FONT_FAMILY}"?`);

/**
 * Has a context draw with other colours and fonts than it is told. What draws are Chart.js and plugins of ours, all of
 * which know those of paper only; the context is where they meet.
 * @param colours asked at every stroke; null: as told
 */
export function adaptContext(
  context: CanvasRenderingContext2D,
  colours: () => ReadonlyMap<string, string> | null,
): void {
  const recoloured = (value: unknown) => colours()?.get(String(value)) ?? value;
  convert(context, 'fillStyle', recoloured);
  convert(context, 'strokeStyle', recoloured);
  convert(context, 'font', (value) => String(value).replace(OWN_FONT, FONTS));
}

function convert(
  context: CanvasRenderingContext2D,
  property: 'fillStyle' | 'strokeStyle' | 'font',
  to: (value: unknown) => unknown,
): void {
  const own = Object.getOwnPropertyDescriptor(CanvasRenderingContext2D.prototype, property);
  if (own?.get === undefined || own.set === undefined) return;
  const { get, set } = own;
  Object.defineProperty(context, property, {
    configurable: true,
    get: () => get.call(context),
    set: (value) => set.call(context, to(value)),
  });
}
