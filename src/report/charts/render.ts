// Pictures as PNG files. The only file that needs a canvas; where there is none, a run goes without pictures.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { writeWhole } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';
import type { Run } from '../../record/run.js';
import { chartsOf } from './catalogue.js';
import { type Chart, FONT_FAMILY } from './chart.js';

const FONT_FILES = {
  normal: '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2',
  bold: '@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff2',
} as const;

export interface RenderResult {
  /** Paths, in reading order. */
  written: string[];
  /** Why there are no pictures, or null where there are. */
  skipped: string | null;
}

/**
 * Draws every chart that the run has data for into `directory`, made where it is missing.
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
  return { written, skipped: null };
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
