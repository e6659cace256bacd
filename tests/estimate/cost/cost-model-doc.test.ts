import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { QUANTITIES } from '../../../src/estimate/cost/platform.js';
import { PLATFORMS } from '../../../src/estimate/cost/platforms.js';

const manual = readFileSync(new URL('../../../docs/cost-model.md', import.meta.url), 'utf8');

describe.each(PLATFORMS)('docs/cost-model.md on $id', ({ id, title, costs }) => {
  const [, rest = ''] = manual.split(`### \`${id}\`: ${title}\n`);
  const [section = ''] = rest.split('\n### ');

  test.each(QUANTITIES)('%s as it is', (name) => {
    const { low, typical, high, kind, source } = costs[name];
    const escaped = source.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    expect(section).toContain(`| \`${name}\` | ${low} | ${typical} | ${high} | ${kind} | ${escaped} |`);
  });
});
