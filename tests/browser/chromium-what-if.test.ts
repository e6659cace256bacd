// "What if" in a real browser: the page's numbers are those of the command line, and a link brings them back.
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { changeCommandLine } from '../../src/browser/what-if/command.js';
import { type Outcome, outcomeOf } from '../../src/browser/what-if/model.js';
import { countersTable, outcomeSentence, stateTable } from '../../src/browser/what-if/outcome-tables.js';
import { formatWhatIf, parseWhatIf, type WhatIf } from '../../src/browser/what-if/state.js';
import { Core } from '../../src/core/core.js';
import { coreLabel } from '../../src/report/labels.js';
import { type Table, textOf } from '../../src/report/table.js';
import { STRATEGIES, strategyOf } from '../../src/strategy/index.js';
import { linmap } from '../cli/linmap.js';
import { describeInChromium } from './chromium.js';
import { whatIfs } from './what-if-states.js';

const core = new Core();

/** Choices that make a machine, with what comes of them here. The same in every run. */
function possible(count: number): { state: WhatIf; outcome: Outcome }[] {
  const found: { state: WhatIf; outcome: Outcome }[] = [];
  for (const state of fc.sample(whatIfs, { numRuns: 4 * count, seed: 20 })) {
    if (found.length === count) break;
    try {
      found.push({ state, outcome: outcomeOf(core, state) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  expect(found).toHaveLength(count);
  return found;
}

/** Goes to a state by its link. The page has counted when this returns. */
async function choose(page: Page, state: WhatIf): Promise<void> {
  await page.evaluate(
    (hash) =>
      new Promise((resolve) => {
        if (location.hash === hash) return resolve(null);
        addEventListener('hashchange', resolve, { once: true });
        location.hash = hash;
      }),
    formatWhatIf(state),
  );
}

/** What the page says: the sentence, and the cells of its tables row by row. */
async function shown(page: Page) {
  const rows = await page
    .locator('#what-if-outcome tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  return { sentence: await page.locator('#what-if-status').textContent(), rows };
}

function expected(outcome: Outcome, state: WhatIf) {
  const tables = [countersTable(outcome), stateTable(outcome, coreLabel(state.core))];
  return { sentence: outcomeSentence(outcome), rows: tables.flatMap(cellsOf) };
}

function cellsOf({ rows }: Table): string[][] {
  return rows.map((row) => ('group' in row ? [row.group] : row.map(textOf)));
}

/** What the command that the page shows prints. */
function printed(state: WhatIf): Pick<Outcome['chosen'], 'result' | 'counters' | 'before' | 'after'> {
  const { code, stdout } = linmap(...changeCommandLine(state).split(' ').slice(1), '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout).results[0];
}

describeInChromium('what if in Chromium', (chromium) => {
  test('has the numbers of the command line for 20 choices', async () => {
    const { page, complaints } = await chromium.open();
    for (const { state, outcome } of possible(20)) {
      await choose(page, state);
      expect(await shown(page)).toEqual(expected(outcome, state));
    }
    expect(complaints).toEqual([]);
  });

  test('shows commands that print the same', async () => {
    const { page } = await chromium.open();
    for (const { state, outcome } of possible(3)) {
      await choose(page, state);
      expect(await page.locator('#what-if-outcome pre').innerText()).toContain(changeCommandLine(state));
      const chosen = { ...printed(state), strategy: strategyOf(state.strategy) };
      expect(await page.locator('#what-if-status').textContent()).toBe(
        outcomeSentence({ ...outcome, chosen } as Outcome),
      );
    }
  });

  test('keeps the choice in the address, which brings it back elsewhere', async () => {
    const { page } = await chromium.open();
    await page.selectOption('#what-if-granule', '16384');
    await page.selectOption('#what-if-strategy', 'huge-size');
    await page.fill('#what-if-memory', '96G');
    await page.fill('#what-if-pages', '2048');
    await page.keyboard.press('Tab');
    const hash = new URL(page.url()).hash;
    const state = parseWhatIf(hash);
    expect(state).toMatchObject({
      granule: 16384,
      vaBits: 47,
      memory: 96 * 2 ** 30,
      strategy: 'huge-size',
      pages: 2048,
    });
    const here = await shown(page);
    expect(here).toEqual(expected(outcomeOf(core, state), state));
    expect(await page.locator('#what-if-outcome a').getAttribute('href')).toBe(hash);

    const other = await chromium.open({ hash });
    expect(await shown(other.page)).toEqual(here);
    expect(await other.page.locator('#what-if-granule').inputValue()).toBe('16384');
    expect(await other.page.locator('#what-if-memory').inputValue()).toBe('96G');
    // The link leads there: the controls are in the window.
    const top = () =>
      other.page.locator('#what-if-app').evaluate((place) => place.getBoundingClientRect().top);
    await expect.poll(async () => Math.abs(await top())).toBeLessThan(100);
  });

  test('marks the chosen strategy among all', async () => {
    const { page } = await chromium.open();
    for (const { id, title } of STRATEGIES) {
      await page.selectOption('#what-if-strategy', id);
      expect(await page.locator('#what-if-counters tr[aria-current] th').innerText()).toBe(title);
    }
  });

  test('says what is wrong with a choice, and takes the next', async () => {
    const { page, complaints } = await chromium.open();
    await page.fill('#what-if-memory', 'much');
    await page.keyboard.press('Tab');
    expect(await page.locator('#what-if-status').innerText()).toMatch(/^Memory: expected a size/);
    expect(await page.locator('#what-if-memory').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#what-if-outcome').isVisible()).toBe(false);
    await page.fill('#what-if-memory', '1M');
    await page.keyboard.press('Tab');
    expect(await page.locator('#what-if-status').innerText()).toMatch(/^Not possible: /);
    await page.fill('#what-if-memory', '1G');
    await page.keyboard.press('Tab');
    expect(await page.locator('#what-if-status').innerText()).toMatch(
      /^page basis on 4K\/48, 1 GiB: 513 calls/,
    );
    expect(await page.locator('#what-if-outcome').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });
});
