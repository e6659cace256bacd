// The script of the page: one file that needs nothing, asks nobody and fits.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { BundleError, bundle } from '../../scripts/bundle.mjs';
import { sharedFolder } from '../scratch-folder.js';

const folder = sharedFolder();
let script: string;

beforeAll(async () => {
  const outfile = join(folder, 'app.js');
  await bundle({ entry: 'src/browser/app.ts', outfile });
  script = readFileSync(outfile, 'utf8');
});

describe('the bundle', () => {
  test('is a classic script that parses', () => {
    expect(() => new Function(script)).not.toThrow();
    expect(script).not.toMatch(/\bimport\.meta\b|^\s*(?:import|export)[\s{*]/m);
  });

  test('has less than 900 KB', () => {
    expect(script.length).toBeLessThan(900_000);
    expect(script.length).toBeGreaterThan(200_000);
  });

  test('asks Node for nothing', () => {
    expect(script).not.toMatch(/["'`]node:/);
    expect(script).not.toMatch(/\brequire\(/);
  });

  test('has no way to a network', () => {
    expect(script).not.toMatch(
      /\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|\bimport\(|serviceWorker/,
    );
  });

  test('has no address but those of namespaces, schemas and licences', () => {
    const hosts = new Set([...script.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host));
    const harmless = ['www.w3.org', 'json-schema.org', 'www.chartjs.org', 'github.com', 'feross.org'];
    expect([...hosts].filter((host) => !harmless.includes(host ?? ''))).toEqual([]);
  });

  test('evaluates no text', () => {
    expect(script).not.toMatch(/\beval\(|\bnew Function\(/);
  });
});

test('a module of Node that nothing stands for is refused', async () => {
  const entry = join(folder, 'asks-node.ts');
  writeFileSync(entry, "import { cpus } from 'node:os';\nconsole.log(cpus());\n");
  const bundling = bundle({ entry, outfile: join(folder, 'asks-node.js') });
  await expect(bundling).rejects.toThrow(BundleError);
  await expect(bundling).rejects.toThrow('node:os');
});
