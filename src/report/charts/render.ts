// Pictures as PNG and SVG files. Both need a canvas; where there is none, a run goes without pictures.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { writeWhole } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';
import type { Run } from '../../record/run.js';
import { FONT_FILES } from '../picture/fonts.js';
import { chartsOf } from './catalogue.js';
import { type Chart, FONT_FAMILY, withoutWords } from './chart.js';
import { type DrawSvg, loadSvg } from './svg.js';

interface RenderResult {
  /** Paths of the PNG files, in reading order. Each has an SVG beside it. */
  written: string[];
  /** Why there are no pictures, or null where there are. */
  skipped: string | null;
}

/**
 * Draws every chart that the run has data for into `directory`, made where it is missing: a PNG and an SVG each.
 * @param onProgress is told each file's name before it is drawn
 * @throws InputError where a file cannot be written; a canvas that cannot be loaded is no error
 */
export async function renderCharts(
  run: Run,
  directory: string,
  onProgress: (file: string) => void = () => {},
): Promise<RenderResult> {
  const charts = chartsOf(run);
  const canvases = await loadCanvases(charts);
  if (typeof canvases === 'string') return { written: [], skipped: canvases };
  const drawSvg = await loadSvg();
  makeDirectory(directory);
  const written: string[] = [];
  for (const chart of charts) {
    onProgress(chart.file);
    const path = join(directory, chart.file);
    writeWhole(path, canvases(chart.size).renderToBufferSync(chart.config));
    written.push(path);
    // Finalisers of canvases need a turn of the event loop.
    await new Promise(setImmediate);
  }
  // New charts, as configurations are the renderer's to change.
  for (const chart of chartsOf(run)) {
    writeWhole(join(directory, `${chart.id}.svg`), drawSvg(chart));
  }
  return { written, skipped: null };
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
 * Draws one chart into a file.
 * @returns why it was not drawn; null where it was
 * @throws InputError where the file cannot be written
 */
export async function renderChart(chart: Chart, path: string): Promise<string | null> {
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
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return `no canvas to draw on: ${reason}`;
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch {
    throw new InputError(path, null, 'expected a directory to write charts into, or a place to make one');
  }
}
