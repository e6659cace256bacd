// Facts as aligned lines: a label, then what is to be said, folded to the width of a page.
import { wrap } from '../report/table.js';
import type { Colours } from './output.js';

const WIDTH = 100;
const GAP = 2;

export interface Fact {
  label: string;
  text: string;
  /** Colours the text on a terminal; never the only sign. */
  tone?: 'good' | 'bad';
}

export function factLines(facts: readonly Fact[], colours: Colours): string[] {
  const column = Math.max(...facts.map(({ label }) => label.length)) + GAP;
  return facts.flatMap(({ label, text, tone }) => {
    const paint = tone === 'good' ? colours.green : tone === 'bad' ? colours.red : String;
    return wrap(text, WIDTH - column).map(
      (line, at) => colours.dim((at === 0 ? label : '').padEnd(column)) + paint(line),
    );
  });
}
