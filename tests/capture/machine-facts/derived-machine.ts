/** The machine that evidence leads to, as an import leaves it. */
import { formatMachine } from '../../../src/capture/import/machine-text.js';
import { deriveMachine } from '../../../src/capture/machine-facts/derive-machine.js';
import type { Evidence, Given } from '../../../src/capture/machine-facts/evidence.js';
import { type Machine, parseMachine } from '../../../src/machine/machine.js';

/** As it is written into a capture folder and read from there. */
export function derivedMachine(evidence: Evidence, given: Given = {}): Machine {
  return parseMachine(formatMachine(deriveMachine(evidence, given).description), 'machine.json');
}
