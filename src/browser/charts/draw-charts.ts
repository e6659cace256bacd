// The charts of the page: the same configurations as the pictures, drawn where the page has a place for them.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as Drawn,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js';
import type { Run } from '../../record/run.js';
import { chartsOf } from '../../report/charts/catalogue.js';
import { type Chart, FONT_FAMILY, withoutWords } from '../../report/charts/chart.js';
import { adaptContext, darkColours, type Ground } from './ground.js';
import { SCALED_POINTER, TOOLTIP } from './tooltips.js';

// What names no font of its own is drawn in that of the rest.
Drawn.defaults.font.family = FONT_FAMILY;
Drawn.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
);

/** Draws every chart that the page has a place for; again in other colours where the page's change, and for print. */
export function drawCharts(run: Run): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const view = new ChartsView(() => (dark.matches ? 'dark' : 'paper'));
  const byId = new Map(chartsOf(run).map((chart) => [chart.id, chart]));
  for (const figure of document.querySelectorAll<HTMLElement>('figure[data-chart]')) {
    const chart = byId.get(figure.dataset.chart ?? '');
    const canvas = figure.querySelector('canvas');
    if (chart !== undefined && canvas !== null) view.draw(chart, canvas);
  }
  dark.addEventListener('change', () => view.drawAgain());
  addEventListener('beforeprint', () => view.drawAgain('paper'));
  addEventListener('afterprint', () => view.drawAgain());
}

class ChartsView {
  readonly #drawn: Drawn[] = [];
  #ground: Ground;
  #colours: ReadonlyMap<string, string> | null = null;

  constructor(private readonly wanted: () => Ground) {
    this.#ground = this.wanted();
    this.#take(this.#ground);
  }

  draw(chart: Chart, canvas: HTMLCanvasElement): void {
    const context = canvas.getContext('2d');
    if (context === null) return;
    adaptContext(context, () => this.#colours);
    canvas.parentElement?.classList.toggle('dark', this.#ground === 'dark');
    const { config } = withoutWords(chart);
    const drawn = new Drawn(context, {
      ...config,
      plugins: [...(config.plugins ?? []), SCALED_POINTER],
      options: {
        ...config.options,
        interaction: {
          mode: 'nearest',
          intersect: false,
          axis: config.options?.indexAxis === 'y' ? 'y' : 'xy',
        },
        plugins: {
          ...config.options?.plugins,
          // Labels beside bars belong to all of them: none is hidden by a click.
          legend: { ...config.options?.plugins?.legend, onClick: () => {} },
          tooltip: TOOLTIP,
        },
      },
    });
    // The size on the screen is the page's style's, which knows it before anything is drawn.
    canvas.style.removeProperty('width');
    canvas.style.removeProperty('height');
    this.#drawn.push(drawn);
  }

  drawAgain(ground: Ground = this.wanted()): void {
    if (ground === this.#ground) return;
    this.#take(ground);
    for (const drawn of this.#drawn) {
      drawn.canvas.parentElement?.classList.toggle('dark', ground === 'dark');
      drawn.draw();
    }
  }

  #take(ground: Ground): void {
    this.#ground = ground;
    this.#colours = ground === 'dark' ? darkColours(getComputedStyle(document.documentElement)) : null;
  }
}
