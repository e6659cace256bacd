// The whole of a run as text, in reading order.
import type { Run } from '../record/run.js';
import { comparisonSection } from './sections/comparison.js';
import { conclusionSection } from './sections/conclusion.js';
import { hotPathSection } from './sections/hot-path.js';
import { replaysSection } from './sections/replays.js';
import { strategiesOnTracesSection } from './sections/strategies-on-traces.js';
import { markdownTable, type Table, type TerminalOptions, terminalTable, wrap } from './table.js';

const SECTIONS: readonly ((run: Run) => Table[] | string)[] = [
  replaysSection,
  strategiesOnTracesSection,
  comparisonSection,
  hotPathSection,
  conclusionSection,
];

/** The run for a terminal; ends with a line break. */
export function terminalReport(run: Run, options: TerminalOptions = {}): string {
  const paragraph = (text: string) => wrap(text, options.width ?? 100).join('\n');
  return report(run, (table) => terminalTable(table, options), paragraph);
}

/** The run as Markdown; ends with a line break. */
export function markdownReport(run: Run): string {
  return report(run, markdownTable, (text) => text);
}

function report(run: Run, ofTable: (table: Table) => string, ofText: (text: string) => string): string {
  const parts = SECTIONS.flatMap((section) => {
    const content = section(run);
    return typeof content === 'string' ? [ofText(content)] : content.map(ofTable);
  });
  parts.push(...run.warnings.map((warning) => ofText(`Warning: ${warning}`)));
  return `${parts.join('\n\n')}\n`;
}
