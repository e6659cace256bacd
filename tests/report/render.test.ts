import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { InputError } from '../../src/io/input-error.js';
import { chartsOf } from '../../src/report/charts/catalogue.js';
import { renderCharts } from '../../src/report/charts/render.js';
import { sharedFolder } from '../scratch-folder.js';
import { sampleRun } from './sample-run.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const directory = sharedFolder();

test('every chart becomes a PNG of twice its size and an SVG', async () => {
  const run = sampleRun();
  const folder = join(directory, 'made', 'on demand');
  const progress: string[] = [];
  const { written, skipped } = await renderCharts(run, folder, (file) => progress.push(file));
  expect(skipped).toBeNull();
  const charts = chartsOf(run);
  expect(progress).toEqual(charts.map(({ file }) => file));
  expect(written).toEqual(charts.map(({ file }) => join(folder, file)));
  expect(readdirSync(folder).sort()).toEqual(charts.flatMap(({ id, file }) => [file, `${id}.svg`]).sort());
  for (const { id, title, size } of charts) {
    const svg = readFileSync(join(folder, `${id}.svg`), 'utf8');
    expect(svg).toMatch(new RegExp(`^<svg [^>]*viewBox="0 0 ${size.width} ${size.height}"`));
    expect(svg).toContain(`<title>${title}</title>`);
    expect(svg.match(/<text/g)?.length).toBeGreaterThan(10);
    expect(svg).not.toContain('NaN');
  }
  charts.forEach(({ size }, at) => {
    const png = readFileSync(written[at] ?? '');
    expect(png.subarray(0, 8)).toEqual(PNG);
    expect(png.toString('latin1', 12, 16)).toBe('IHDR');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * size.width, 2 * size.height]);
  });
});

test('a place that cannot be a directory is bad input', async () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  await expect(renderCharts(sampleRun(), file)).rejects.toThrow(InputError);
});

test('without a canvas a run goes without pictures', async () => {
  vi.doMock('chartjs-node-canvas', () => {
    throw new Error("Cannot find module 'canvas'\nRequire stack: …");
  });
  vi.resetModules();
  const { renderCharts: render } = await import('../../src/report/charts/render.js');
  const { written, skipped } = await render(sampleRun(), join(directory, 'none'));
  vi.doUnmock('chartjs-node-canvas');
  expect(written).toEqual([]);
  expect(skipped).toMatch(/^no canvas to draw on: .+/);
  expect(skipped).not.toContain('\n');
  expect(readdirSync(directory)).not.toContain('none');
});
