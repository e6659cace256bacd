// A real browser for tests of the page, and a page whose every chapter and chart is there.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { mapFrames } from '../../bench/map-frames.js';
import { readScenario } from '../../src/capture/scenario.js';
import { makeReport } from '../../src/cli/report.js';
import { Core } from '../../src/core/core.js';
import type { Run } from '../../src/record/run.js';
import { root } from '../cli/linmap.js';
import { sampleRun } from '../report/sample-run.js';

/** Debian's Chromium, or that of the variable CHROMIUM. */
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A run with figures of every kind, and the map of a captured kernel over its trace. */
export function wholeRun(): Run {
  const scenario = readScenario(join(root, 'captures/4k-bbml2/load-small'));
  return { ...sampleRun(), mapFrames: mapFrames(new Core(), scenario) };
}

/** A page as a reader has it open, and what it did that a page should not. */
export interface OpenPage {
  page: Page;
  /** Errors of its script, lines on its console, and addresses that it asked for outside of itself. */
  complaints: string[];
}

export interface InChromium {
  /** Opens the report in a window of its own, at an address with this hash, and waits for its script. */
  open(options?: BrowserContextOptions & { hash?: string }): Promise<OpenPage>;
}

/** Tests that need the browser. Without one they are skipped, and the notice says how to get it. */
export function describeInChromium(name: string, tests: (chromium: InChromium) => void): void {
  const missing = !existsSync(EXECUTABLE);
  const notice = missing
    ? ` (skipped: no Chromium at ${EXECUTABLE}; apt-get install chromium, or CHROMIUM=path)`
    : '';
  describe.skipIf(missing)(`${name}${notice}`, () => {
    let browser: Browser;
    let folder: string;
    let address: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'linmap-chromium-'));
      const file = join(folder, 'report.html');
      const [report, started] = await Promise.all([
        makeReport(wholeRun()),
        // Its profile is a new folder, which goes when the browser does.
        chromium.launch({ executablePath: EXECUTABLE, args: FLAGS }),
      ]);
      browser = started;
      writeFileSync(file, report.page);
      address = pathToFileURL(file).href;
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });
    tests({
      async open({ hash = '', ...options } = {}) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
        onTestFinished(() => context.close());
        const page = await context.newPage();
        const complaints = watch(page);
        await page.addInitScript(COUNT_SHIFTS);
        await page.goto(address + hash);
        if (options.javaScriptEnabled !== false) await page.waitForSelector('#drop-files');
        return { page, complaints };
      },
    });
  });
}

function watch(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  // The page itself is a file.
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && !request.isNavigationRequest()) {
      complaints.push(`asked for ${request.url()}`);
    }
  });
  return complaints;
}

/** What moved without the reader having done anything: the browser's own measure, with the element that moved. */
const COUNT_SHIFTS = `
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      const moved = sources.map(({ node }) => node?.parentElement?.closest('[id]')?.id ?? node?.nodeName);
      shifts.push(value.toFixed(4) + ' ' + moved.join(', '));
    }
  }).observe({ type: 'layout-shift', buffered: true });
`;

/** Opens every toggle, so that what is behind is looked at too. */
export async function openToggles(page: Page): Promise<void> {
  await page.locator('details:not([open])').evaluateAll((toggles) => {
    for (const toggle of toggles) toggle.setAttribute('open', '');
  });
}
