// The whole of a run as text, in reading order.
import type { Run } from '../record/run.js';
import type { Detail } from './detail.js';
import { comparisonSection } from './sections/comparison.js';
import { conclusionSection } from './sections/conclusion.js';
import { estimateSpeedSection } from './sections/estimate-speed.js';
import { exactGateSection } from './sections/exact-gate.js';
import { gateSection } from './sections/gate.js';
import { hotPathSection } from './sections/hot-path.js';
import { nativeSection } from './sections/native.js';
import { publishedSection } from './sections/published.js';
import { replaysSection } from './sections/replays.js';
import { scalingSection } from './sections/scaling.js';
import { strategiesOnTracesSection } from './sections/strategies-on-traces.js';
import { timeSection } from './sections/time.js';
import { tlbSection } from './sections/tlb.js';
import { markdownTable, type Table, type TerminalOptions, terminalTable, wrap } from './table.js';

const SECTIONS: readonly ((run: Run, detail: Detail) => Table[] | string)[] = [
  replaysSection,
  strategiesOnTracesSection,
  comparisonSection,
  tlbSection,
  timeSection,
  publishedSection,
  hotPathSection,
  nativeSection,
  scalingSection,
  estimateSpeedSection,
  exactGateSection,
  gateSection,
  conclusionSection,
];

/** The run for a terminal, briefly; ends with a line break. */
export function terminalReport(run: Run, options: TerminalOptions = {}): string {
  const paragraph = (text: string) => wrap(text, options.width ?? 100).join('\n');
  return report(run, 'brief', (table) => terminalTable(table, options), paragraph);
}

/** The run as Markdown, in full; ends with a line break. */
export function markdownReport(run: Run): string {
  return report(run, 'full', markdownTable, (text) => text);
}

function report(
  run: Run,
  detail: Detail,
  ofTable: (table: Table) => string,
  ofText: (text: string) => string,
): string {
  const parts = SECTIONS.flatMap((section) => {
    const content = section(run, detail);
    return typeof content === 'string' ? [ofText(content)] : content.map(ofTable);
  });
  parts.push(...run.warnings.map((warning) => ofText(`Warning: ${warning}`)));
  return `${parts.join('\n\n')}\n`;
}
