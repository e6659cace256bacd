/** The traces that docs/traces.md shows are read. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTrace } from './parse.js';

const manual = readFileSync(new URL('../../../docs/traces.md', import.meta.url), 'utf8');
const blocks = [...manual.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
  .filter(([, language]) => language === '')
  .map(([, , block = '']) => block);

describe('docs/traces.md', () => {
  it('shows events that are read as it says', () => {
    const [tracefs, perf, ...others] = blocks.map((block) => parseTrace(block, 'docs'));
    expect(others).toEqual([]);
    expect(tracefs?.summary).toMatchObject({ format: 'tracefs', events: 2, lostEvents: 3 });
    expect(perf).toMatchObject({
      summary: { format: 'perf-script' },
      events: [{ function: 'update_range_prot', stack: ['update_range_prot', 'change_memory_common'] }],
    });
    expect(tracefs?.events[0]?.seconds).toBe(perf?.events[0]?.seconds);
  });

  it('recommends a bpftrace program whose output is read', () => {
    const formats = [...manual.matchAll(/printf\("(.*?)\\n",/g)].map(([, format = '']) => format);
    const values: Record<string, string> = {
      '%lx': 'ffff000013d66000',
      '%d': '1',
      '%llu': '27928750000',
      '%s': 'kprobe:update_range_prot',
    };
    const lines = formats.map((format) =>
      format
        .replace('comm=%s', 'comm=insm')
        .replace('caller=%s', 'caller=change_memory_common')
        .replace('%s ret', 'kretprobe:update_range_prot ret')
        .replace('%s pool', 'kprobe:arch_kfence_init_pool pool')
        .replace(/%(?:lx|d|llu|s)/g, (directive) => values[directive] ?? directive),
    );
    expect(parseTrace(`${lines.join('\n')}\n`, 'docs').events).toMatchObject([
      { function: 'update_range_prot', task: 'insm-1', cpu: 1, seconds: 27.92875, isReturn: false },
      { function: 'update_range_prot', isReturn: true },
      { function: 'arch_kfence_init_pool' },
    ]);
  });
});
