import { expect, test, vi } from 'vitest';
import { CHART_IDS, chartsOf } from '../../src/report/charts/catalogue.js';
import { renderCharts } from '../../src/report/charts/render.js';
import { sampleRun } from './sample-run.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

test('every chart becomes a PNG of twice its size and an SVG', async () => {
  const run = sampleRun();
  const progress: string[] = [];
  const { charts: drawn, skipped } = await renderCharts(run, (id) => progress.push(id));
  expect(skipped).toBeNull();
  const charts = chartsOf(run);
  expect(progress).toEqual(charts.map(({ id }) => id));
  expect(drawn.map(({ id }) => id)).toEqual(progress);
  charts.forEach(({ title, size }, at) => {
    const svg = drawn[at]?.svg ?? '';
    expect(svg).toMatch(new RegExp(`^<svg [^>]*viewBox="0 0 ${size.width} ${size.height}"`));
    expect(svg).toContain(`<title>${title}</title>`);
    expect(svg.match(/<text/g)?.length).toBeGreaterThan(10);
    expect(svg).not.toContain('NaN');
    const png = Buffer.from(drawn[at]?.png ?? []);
    expect(png.subarray(0, 8)).toEqual(PNG);
    expect(png.toString('latin1', 12, 16)).toBe('IHDR');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * size.width, 2 * size.height]);
  });
});

test('the catalogue has every chart under its own id', () => {
  const ids = chartsOf(sampleRun()).map(({ id }) => id);
  expect(CHART_IDS.filter((id) => ids.includes(id))).toEqual(ids);
  expect(new Set(CHART_IDS).size).toBe(CHART_IDS.length);
});

test('without a canvas a run goes without pictures', async () => {
  vi.doMock('chartjs-node-canvas', () => {
    throw new Error("Cannot find module 'canvas'\nRequire stack: …");
  });
  vi.resetModules();
  const { renderCharts: render } = await import('../../src/report/charts/render.js');
  const { charts, skipped } = await render(sampleRun());
  vi.doUnmock('chartjs-node-canvas');
  expect(charts).toEqual([]);
  expect(skipped).toMatch(/^no canvas to draw on: .+/);
  expect(skipped).not.toContain('\n');
});
