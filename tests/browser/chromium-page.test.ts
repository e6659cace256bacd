// The report in a real browser: whole, silent, drawn, at rest, usable by all, on a phone, on paper and without a script.
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { chartsOf } from '../../src/report/charts/catalogue.js';
import { PAGE_SECTIONS } from '../report/page-sections.js';
import { describeInChromium, openToggles, wholeRun } from './chromium.js';

const WIDTHS = [390, 1280];

/** Sections that can be seen, and have more to read than their heading. */
async function readableSections(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const section of await page.locator('main > section').all()) {
    const text = await section.innerText();
    if ((await section.isVisible()) && text.length > 60) found.push(String(await section.getAttribute('id')));
  }
  return found;
}

/** From the top to the end, a window at a time, as one reads. */
async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    document.documentElement.style.scrollBehavior = 'auto';
    for (let top = 0; top < document.body.scrollHeight; top += innerHeight) {
      scrollTo(0, top);
      await frame();
    }
    await frame();
  })()`);
}

describeInChromium('the report in Chromium', (chromium) => {
  test('shows every section, and is silent', async () => {
    const { page, complaints } = await chromium.open();
    expect(await readableSections(page)).toEqual(PAGE_SECTIONS);
    await openToggles(page);
    await scrollThrough(page);
    expect(complaints).toEqual([]);
  });

  test('refuses to load anything', async () => {
    const { page } = await chromium.open();
    const refused = await page.evaluate(`new Promise((resolve) => {
      addEventListener('securitypolicyviolation', ({ blockedURI }) => resolve(blockedURI));
      document.body.append(Object.assign(new Image(), { src: 'https://linmap.invalid/picture.png' }));
    })`);
    expect(refused).toBe('https://linmap.invalid/picture.png');
  });

  test.each(['light', 'dark'] as const)('draws every chart of the run in %s', async (colorScheme) => {
    const { page } = await chromium.open({ colorScheme });
    const figures = await page.locator('figure[data-chart]').evaluateAll((all) =>
      all.map((figure) => {
        const canvas = figure.querySelector('canvas') as HTMLCanvasElement;
        const context = canvas.getContext('2d') as CanvasRenderingContext2D;
        const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
        return {
          id: figure.getAttribute('data-chart'),
          colours: new Set(pixels).size,
          inked: pixels.filter((pixel) => pixel !== pixels[0]).length / pixels.length,
          wide: canvas.clientWidth >= 300,
        };
      }),
    );
    const wanted = chartsOf(wholeRun()).map(({ id }) => id);
    expect(figures.map(({ id }) => id).sort()).toEqual(wanted.sort());
    expect(figures.filter(({ colours, inked, wide }) => colours < 20 || inked < 0.01 || !wide)).toEqual([]);
  });

  test('the slider goes through the trace by keyboard', async () => {
    const { page } = await chromium.open();
    const slider = page.locator('#map-moment');
    const words = page.locator('#map-words');
    expect(await words.innerText()).toMatch(/^Before the trace: 0 splits, 0 TLBI\./);
    await slider.focus();
    await page.keyboard.press('End');
    const last = wholeRun().mapFrames?.frames.at(-1);
    expect(last?.splits).toBeGreaterThan(0);
    expect(await words.innerText()).toContain(`: ${last?.splits} splits, ${last?.tlbi} TLBI.`);
    await page.keyboard.press('Home');
    expect(await words.innerText()).toMatch(/^Before the trace/);
  });

  test.each(['light', 'dark'] as const)('axe-core finds nothing serious in %s', async (colorScheme) => {
    const { page } = await chromium.open({ colorScheme });
    await openToggles(page);
    await page.evaluate(axe.source);
    const { violations, passes } = (await page.evaluate(
      `axe.run(document, { resultTypes: ['violations'] })`,
    )) as AxeResults;
    expect(passes.length).toBeGreaterThan(20);
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const places = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' | ')}`);
    expect(places).toEqual([]);
  });

  test.each(WIDTHS)('nothing moves by itself in a window of %d', async (width) => {
    const { page } = await chromium.open({ viewport: { width, height: 800 } });
    await scrollThrough(page);
    expect(await page.evaluate('shifts')).toEqual([]);
    // That the browser does tell.
    await page.evaluate(`scrollTo(0, 0); document.querySelector('h1').style.paddingTop = '200px'`);
    await expect.poll(() => page.evaluate('shifts.length')).toBeGreaterThan(0);
  });

  test.each(WIDTHS)('never scrolls sideways in a window of %d', async (width) => {
    const { page } = await chromium.open({ viewport: { width, height: 800 } });
    await openToggles(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  test('can be read without JavaScript: sections, and pictures in place of canvases', async () => {
    const { page, complaints } = await chromium.open({ javaScriptEnabled: false });
    expect(await readableSections(page)).toEqual(PAGE_SECTIONS);
    const figures = await page.locator('figure[data-chart]').all();
    expect(figures.length).toBeGreaterThan(8);
    for (const figure of figures) {
      expect(await figure.locator('.still').isVisible()).toBe(true);
      expect(await figure.locator('canvas').isVisible()).toBe(false);
    }
    expect(await page.locator('#map-frames .frames svg').count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  test('on paper has the pictures and both maps, and none of what only a screen can do', async () => {
    const { page, complaints } = await chromium.open();
    await page.emulateMedia({ media: 'print' });
    const printed = PAGE_SECTIONS.filter((id) => !['what-if', 'drop', 'data'].includes(id));
    expect(await readableSections(page)).toEqual(printed);
    for (const figure of await page.locator('figure[data-chart]').all()) {
      expect(await figure.locator('.still').isVisible()).toBe(true);
      expect(await figure.locator('canvas').isVisible()).toBe(false);
    }
    for (const map of await page.locator('#map-frames .frames svg').all())
      expect(await map.isVisible()).toBe(true);
    expect((await page.pdf({ preferCSSPageSize: true })).subarray(0, 5).toString()).toBe('%PDF-');
    expect(complaints).toEqual([]);
  });
});
