// Pictures as PNG and SVG. Both need a canvas; where there is none, a run goes without pictures.
import { createRequire } from 'node:module';
import type { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { writeWhole } from '../../io/file.js';
import type { Run } from '../../record/run.js';
import { FONT_FILES } from '../picture/fonts.js';
import { chartsOf } from './catalogue.js';
import { type Chart, FONT_FAMILY, withoutWords } from './chart.js';
import { type DrawSvg, loadSvg } from './svg.js';

interface RenderResult {
  /** A PNG and an SVG of each chart, in reading order. */
  charts: DrawnChart[];
  /** Why there are no pictures, or null where there are. */
  skipped: string | null;
}

interface DrawnChart {
  id: string;
  png: Uint8Array;
  svg: string;
}

/**
 * Draws every chart that the run has data for.
 * @param onProgress is told each chart's id before it is drawn
 * @returns the pictures; a canvas that cannot be loaded is no error
 */
export async function renderCharts(
  run: Run,
  onProgress: (id: string) => void = () => {},
): Promise<RenderResult> {
  const charts = chartsOf(run);
  const canvases = await loadCanvases(charts);
  if (typeof canvases === 'string') return { charts: [], skipped: canvases };
  const drawSvg = await loadSvg();
  const pngs: Uint8Array[] = [];
  for (const { id, size, config } of charts) {
    onProgress(id);
    pngs.push(canvases(size).renderToBufferSync(config));
    // Finalisers of canvases need a turn of the event loop.
    await new Promise(setImmediate);
  }
  // New charts, as configurations are the renderer's to change.
  const drawn = chartsOf(run).map((chart, at) => ({
    id: chart.id,
    png: pngs[at] as Uint8Array,
    svg: drawSvg(chart),
  }));
  return { charts: drawn, skipped: null };
}

/**
 * Every chart that the run has data for as SVG, without its title and conditions, by id: what a page shows where no
 * script draws. Empty where no canvas can be loaded.
 */
export async function renderStills(run: Run): Promise<Map<string, string>> {
  const stills = new Map<string, string>();
  let drawSvg: DrawSvg;
  try {
    drawSvg = await loadSvg();
  } catch {
    return stills;
  }
  for (const chart of chartsOf(run)) stills.set(chart.id, drawSvg(withoutWords(chart)));
  return stills;
}

/**
 * Draws one chart into a file: as SVG where its name ends in `.svg`, else as PNG.
 * @returns why it was not drawn; null where it was
 * @throws InputError where the file cannot be written
 */
export async function renderChart(chart: Chart, path: string): Promise<string | null> {
  if (path.toLowerCase().endsWith('.svg')) {
    const drawSvg = await loadSvg().catch(noCanvas);
    if (typeof drawSvg === 'string') return drawSvg;
    writeWhole(path, drawSvg(chart));
    return null;
  }
  const canvases = await loadCanvases([chart]);
  if (typeof canvases === 'string') return canvases;
  writeWhole(path, canvases(chart.size).renderToBufferSync(chart.config));
  return null;
}

type Canvases = (size: Chart['size']) => ChartJSNodeCanvas;

/** One canvas for each size, as every new one keeps a copy of Chart.js for good; or why there is none. */
async function loadCanvases(charts: readonly Chart[]): Promise<Canvases | string> {
  try {
    const { ChartJSNodeCanvas } = await import('chartjs-node-canvas');
    const { resolve } = createRequire(import.meta.url);
    const bySize = new Map<string, ChartJSNodeCanvas>();
    const canvases: Canvases = ({ width, height }) => {
      const key = `${width}x${height}`;
      const known = bySize.get(key);
      if (known) return known;
      const canvas = new ChartJSNodeCanvas({ width, height, backgroundColour: 'white' });
      for (const weight of ['normal', 'bold'] as const) {
        canvas.registerFont(resolve(FONT_FILES[weight]), { family: FONT_FAMILY, weight });
      }
      bySize.set(key, canvas);
      return canvas;
    };
    // That the native part is missing is found out only here, by making one.
    for (const { size } of charts) canvases(size);
    return canvases;
  } catch (error) {
    return noCanvas(error);
  }
}

function noCanvas(error: unknown): string {
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  return `no canvas to draw on: ${reason}`;
}
