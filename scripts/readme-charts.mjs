// The charts that the README and the documents show: drawn anew, or with --check held against what is drawn now.
// Only charts of exact results are allowed, so that the same sources give the same chart on every machine. What is
// compared is the data of a chart, never its pixels, which depend on fonts and on the canvas.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'docs/charts');
const list = join(folder, 'charts.json');
/** Replays, table memory, and the comparisons that pictures show: nothing that is timed or estimated. */
const exactNames = /^[\w-]+\/[\w-]+$|^table memory|^4K\/48 blocks /;

const check = process.argv.includes('--check');
await build({ allowTypeErrors: true });
const { exactJob } = await built('bench/main-job.js');
const { chartsOf } = await built('src/report/charts/catalogue.js');
const { renderChart } = await built('src/report/charts/render.js');
const { loadSvg } = await built('src/report/charts/svg.js');

const shown = chartsShown();
const run = await exactJob({
  quick: true,
  filter: exactNames,
  captures: join(root, 'captures'),
  version: '',
  onProgress: () => {},
});
/** @returns {import('../src/report/charts/chart.js').Chart[]} new ones, as configurations are a renderer's to change */
const drawnCharts = () => chartsOf(run).filter((/** @type {{ id: string }} */ { id }) => shown.has(id));
const charts = drawnCharts();
for (const id of shown) {
  const chart = charts.find((one) => one.id === id);
  if (chart === undefined) fail(`docs/charts/${id}: expected a chart of exact results, found no such chart`);
  else if (chart.kind !== 'exact')
    fail(`docs/charts/${id}: expected a chart of exact results, found one that is ${chart.kind}`);
}
const drawn = Object.fromEntries(
  charts.map((chart) => [chart.id, { title: chart.title, sha256: digest(chart) }]),
);

if (check) {
  const known = JSON.parse(readFileSync(list, 'utf8'));
  for (const [id, { title, sha256 }] of Object.entries(drawn)) {
    if (known[id]?.sha256 !== sha256)
      fail(
        `docs/charts/${id}: expected "${title}", found other data: node scripts/readme-charts.mjs draws it`,
      );
  }
} else {
  mkdirSync(folder, { recursive: true });
  const drawSvg = await loadSvg();
  for (const chart of charts) {
    writeFileSync(join(folder, `${chart.id}.svg`), drawSvg(chart));
  }
  for (const chart of drawnCharts()) {
    const reason = await renderChart(chart, join(folder, chart.file));
    if (reason !== null) fail(reason);
  }
  writeFileSync(list, `${JSON.stringify(drawn, null, 2)}\n`);
}

/**
 * A module of the build, which the compiler does not look into.
 * @param {string} file
 */
function built(file) {
  return import(new URL(`../dist/${file}`, import.meta.url).href);
}

/** Ids of the charts that a document refers to. */
function chartsShown() {
  const documents = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const texts = ['README.md', ...documents.map((name) => join('docs', name))];
  const found = new Set();
  for (const file of texts) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, id] of text.matchAll(/\((?:docs\/)?charts\/([\w-]+)\.(?:png|svg)\)/g)) found.add(id);
  }
  return found;
}

/** @param {{ title: string, config: import('chart.js').ChartConfiguration }} chart */
function digest({ title, config }) {
  const { labels, datasets } = config.data;
  const data = { title, labels, datasets: datasets.map((one) => ({ label: one.label, data: one.data })) };
  return createHash('sha256').update(JSON.stringify(data)).digest('hex');
}

/** @param {string} line */
function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
