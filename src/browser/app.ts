// The script of the report's page. What it does not find a place for, it leaves out.
import { config } from 'zod';
import { drawCharts } from './charts/draw-charts.js';
import { startDrop } from './drop/view.js';
import { startMapSlider } from './map-slider.js';
import { compileCore } from './module.js';
import { coreOfPage, runOfPage } from './page-data.js';
import { startWhatIf } from './what-if/view.js';

// Compiling schemas to functions would need eval, which the page forbids itself.
config({ jitless: true });

async function start(): Promise<void> {
  const run = runOfPage();
  if (run !== null) drawCharts(run);
  const map = document.querySelector<HTMLElement>('figure[data-map]');
  if (map !== null && run?.mapFrames !== undefined) startMapSlider(map, run.mapFrames);

  const core = coreOfPage();
  if (core === null) return;
  await compileCore(core);
  const whatIf = document.getElementById('what-if-app');
  if (whatIf !== null) startWhatIf(whatIf);
  const drop = document.getElementById('drop-app');
  if (drop !== null) startDrop(drop);
}

void start();
