// The report page: one HTML file that says everything, loads nothing and believes no string of the record.

import { gunzipSync } from 'node:zlib';
import { type DefaultTreeAdapterMap, defaultTreeAdapter, type ParserError, parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import type { Run } from '../../src/record/run.js';
import { chartsOf } from '../../src/report/charts/catalogue.js';
import { drawnPart } from '../../src/report/page/drawn-part.js';
import { type PageAssets, reportPage } from '../../src/report/page/page.js';
import { STYLE } from '../../src/report/page/style.js';
import { markdownReport } from '../../src/report/run-report.js';
import { PAGE_SECTIONS } from './page-sections.js';
import { sampleFrames } from './sample-frames.js';
import { emptyRun, sampleRun } from './sample-run.js';

type Element = DefaultTreeAdapterMap['element'];
type Node = DefaultTreeAdapterMap['node'];

const ASSETS: PageAssets = {
  script: 'document.title += "</script><!--";',
  style: STYLE,
  wasm: new Uint8Array([0, 97, 115, 109]),
};
const WITHOUT_SCRIPT: PageAssets = { ...ASSETS, script: '' };

const wholeRun = (): Run => ({ ...sampleRun(), mapFrames: sampleFrames() });

const elementsOf = (page: string) => within(parse(page));

const attribute = (element: Element, name: string) =>
  element.attrs.find((one) => one.name === name)?.value ?? null;
const named = (elements: readonly Element[], tag: string) =>
  elements.filter(({ tagName }) => tagName === tag);

function textOf(node: Node): string {
  if (defaultTreeAdapter.isTextNode(node)) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

/** Elements inside of a node, in the order of the document. */
function within(node: Node): Element[] {
  if (!('childNodes' in node)) return [];
  return node.childNodes.flatMap((child) => [
    ...(defaultTreeAdapter.isElementNode(child) ? [child] : []),
    ...within(child),
  ]);
}

describe.each([
  ['with a script', ASSETS],
  ['without one', WITHOUT_SCRIPT],
])('a page %s', (_, assets) => {
  test.each([
    ['a whole run', wholeRun()],
    ['an empty one', emptyRun()],
  ])('of %s is well-formed', (__, run) => {
    const errors: ParserError[] = [];
    parse(reportPage(run, assets), {
      sourceCodeLocationInfo: true,
      onParseError: (error) => errors.push(error),
    });
    expect(errors).toEqual([]);
  });

  test('has every section, each in the contents, and headings in order', () => {
    const elements = elementsOf(reportPage(wholeRun(), assets));
    expect(named(elements, 'section').map((section) => attribute(section, 'id'))).toEqual(PAGE_SECTIONS);
    const targets = elements
      .map((element) => attribute(element, 'href'))
      .filter((href) => href?.startsWith('#'));
    expect(targets).toEqual(['#content', ...PAGE_SECTIONS.map((id) => `#${id}`)]);
    const levels = elements
      .filter(({ tagName }) => /^h[1-6]$/.test(tagName))
      .map(({ tagName }) => Number(tagName[1]));
    expect(levels[0]).toBe(1);
    for (const [at, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[at - 1] ?? 0) + 1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
  });

  test('gives every id once', () => {
    const ids = elementsOf(reportPage(wholeRun(), assets)).map((element) => attribute(element, 'id'));
    const given = ids.filter((id) => id !== null);
    expect(new Set(given).size).toBe(given.length);
  });

  test('loads nothing from anywhere', () => {
    for (const element of elementsOf(reportPage(wholeRun(), assets))) {
      for (const name of ['src', 'href', 'srcset', 'action', 'data', 'poster', 'xlink:href']) {
        const value = attribute(element, name);
        if (value !== null) expect(value).toMatch(/^(#|data:)/);
      }
    }
    expect(STYLE).not.toMatch(/@import|url\(/);
  });

  test('has a finding, a text and a table for every figure', () => {
    const stills = new Map(
      chartsOf(wholeRun()).map(({ id }) => [id, '<svg xmlns="http://www.w3.org/2000/svg"/>']),
    );
    const figures = named(elementsOf(reportPage(wholeRun(), { ...assets, stills })), 'figure');
    expect(figures).toHaveLength(chartsOf(wholeRun()).length + 1);
    for (const figure of figures) {
      const parts = within(figure);
      const [caption] = named(parts, 'figcaption');
      expect(caption && textOf(caption).length).toBeGreaterThan(40);
      const [details] = named(parts, 'details');
      expect(details && named(within(details), 'table')).toHaveLength(1);
      expect(details && named(within(details), 'td').length).toBeGreaterThan(3);
      const pictures = parts.filter(({ tagName }) => ['canvas', 'img', 'svg'].includes(tagName));
      expect(pictures.length).toBeGreaterThan(0);
      for (const picture of pictures) {
        const title = named(within(picture), 'title').map(textOf).join('');
        const said = attribute(picture, 'alt') ?? attribute(picture, 'aria-label') ?? title;
        expect(said.length).toBeGreaterThan(40);
        expect(attribute(picture, 'width')).toMatch(/^\d+$/);
        expect(attribute(picture, 'height')).toMatch(/^\d+$/);
      }
    }
  });
});

test('every chart has its place', () => {
  const run = wholeRun();
  const places = elementsOf(reportPage(run, ASSETS)).map((element) => attribute(element, 'data-chart'));
  expect(places.filter((id) => id !== null).sort()).toEqual(
    chartsOf(run)
      .map(({ id }) => id)
      .sort(),
  );
});

test('every table of the Markdown report is in the page', () => {
  const run = wholeRun();
  const captions = named(elementsOf(reportPage(run, ASSETS)), 'caption').map((caption) => textOf(caption));
  const titles = [...markdownReport(run).matchAll(/^#### (.*)$/gm)].map(([, title = '']) => title);
  expect(titles.length).toBeGreaterThan(10);
  for (const title of titles) {
    expect(captions).toContain(
      title.replace(/\\(.)/g, '$1').replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
    );
  }
});

test('the answer has three sentences with the numbers of the record', () => {
  const answer = elementsOf(reportPage(wholeRun(), ASSETS)).find(
    (one) => attribute(one, 'class') === 'answer',
  );
  if (answer === undefined) throw new Error('there is no answer');
  const sentences = named(within(answer), 'li').map((one) => textOf(one).replaceAll('\u202f', ''));
  expect(sentences).toHaveLength(3);
  expect(sentences[0]).toMatch(
    /takes \d+ descriptors stored, \d+ barriers and \d+ TLBIs; .* \d+(\.\d+)?× as many/,
  );
  expect(sentences[1]).toMatch(/513\.004 MiB of page tables.*0\.652 kernel TLB misses.*0\.0108/);
  expect(sentences[2]).toMatch(/\d+ of \d+ replays.*4 of 5 published figures/);
});

test('hostile strings of a record stay text', () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&\u0000`;
  const run = wholeRun();
  const [replay] = run.replays;
  const [frames] = run.mapFrames?.frames ?? [];
  if (replay === undefined || frames === undefined) throw new Error('the sample has replays and frames');
  const spoilt: Run = {
    ...run,
    version: hostile,
    warnings: [hostile],
    options: { quick: true, filter: hostile },
    environment: { ...run.environment, cpu: hostile, node: hostile, fingerprint: hostile },
    replays: [{ ...replay, machine: hostile, scenario: hostile }],
    comparisons: run.comparisons.map((one) => ({
      ...one,
      workload: `${hostile} ${one.workload}`,
      strategy: `${hostile}${one.strategy}`,
    })),
    traceStrategies: run.traceStrategies.map((one) => ({ ...one, machine: hostile })),
    tlb: run.tlb.map((one) => ({
      ...one,
      machine: hostile,
      core: hostile,
      stream: { ...one.stream, name: hostile },
    })),
    published: run.published.map((one) => ({
      ...one,
      what: hostile,
      note: hostile,
      source: hostile,
      unit: hostile,
    })),
    hotPath: run.hotPath.map((one) => ({ ...one, title: hostile })),
    mapFrames: { ...sampleFrames(), machine: hostile, scenario: hostile },
  };
  const page = reportPage(spoilt, ASSETS);
  const errors: string[] = [];
  parse(page, { onParseError: ({ code }) => errors.push(code) });
  expect(errors).toEqual([]);
  const elements = elementsOf(page);
  expect(named(elements, 'script')).toHaveLength(3);
  expect(named(elements, 'img')).toEqual([]);
  for (const { attrs } of elements) expect(attrs.map(({ name }) => name).join()).not.toMatch(/\bon/);
  const embedded = elements.find((one) => attribute(one, 'id') === 'run');
  expect(JSON.parse(embedded ? textOf(embedded) : '')).toMatchObject({ version: hostile });
});

test('the embedded record draws the same charts as the whole one', () => {
  const run = wholeRun();
  const drawn = (of: Run) =>
    chartsOf(of).map(({ id, title, conditions, config }) => JSON.stringify([id, title, conditions, config]));
  const elements = elementsOf(reportPage(run, ASSETS));
  const embedded = elements.find((one) => attribute(one, 'id') === 'run');
  const part = JSON.parse(embedded ? textOf(embedded) : '') as Run;
  expect(drawn(part)).toEqual(drawn(run));
  expect(JSON.stringify(drawnPart(run)).length).toBeLessThan(JSON.stringify(run).length);
});

test('the download is the record, whole', () => {
  const run = wholeRun();
  const link = elementsOf(reportPage(run, ASSETS)).find((one) => attribute(one, 'download') !== null);
  const [head = '', data = ''] = (link && attribute(link, 'href'))?.split(',') ?? [];
  expect(head).toBe('data:application/gzip;base64');
  expect(JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString())).toEqual(
    JSON.parse(JSON.stringify(run)),
  );
});

test('the script and the core arrive as they are', () => {
  const scripts = named(elementsOf(reportPage(wholeRun(), ASSETS)), 'script');
  const [, core, app] = scripts;
  expect(core && attribute(core, 'id')).toBe('core-wasm');
  expect(core && Buffer.from(textOf(core), 'base64')).toEqual(Buffer.from(ASSETS.wasm));
  const title = { title: '' };
  new Function('document', app ? textOf(app) : '')(title);
  expect(title.title).toBe('</script><!--');
});

test('a run without frames, gate and baseline says how to get them', () => {
  const page = reportPage(sampleRun(), ASSETS);
  expect(page).toContain('bench -- --check');
  expect(page).toContain('has not replayed the scenario');
});
