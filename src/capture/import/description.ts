// The machine: as a machine.json says, or derived from what else there is.
import { InputError } from '../../io/input-error.js';
import { parseJson } from '../../io/json.js';
import { type Machine, parseMachine } from '../../machine/machine.js';
import { type MachineDescription, machineSchema } from '../../machine/machine-schema.js';
import { deriveMachine } from '../machine-facts/derive-machine.js';
import { type Evidence, type Fact, type Given, nameOf } from '../machine-facts/evidence.js';
import type { TraceSummary } from '../trace/event.js';
import { readGiven } from './given-file.js';
import { formatMachine } from './machine-text.js';
import type { Source } from './sources.js';

interface Described {
  machine: Machine;
  /** With its facts. */
  description: MachineDescription;
  facts: Record<string, Fact>;
  warnings: string[];
}

/** These say nothing about how memory is mapped, so a machine.json leaves them open. */
const FREE: ReadonlySet<string> = new Set(['name', 'source']);

/** The call with which a late KFENCE takes its pool. */
const LATE_POOL = 'arch_kfence_init_pool';

/**
 * The machine that the evidence shows.
 * @param trace what was recorded on it
 * @param stated a machine.json among the sources: it is taken as it is, and options may not contradict it
 * @throws InputError naming what is missing and the option that gives it
 */
export function describeMachine(
  stated: Source | null,
  evidence: Evidence,
  given: Given,
  trace: TraceSummary | null,
): Described {
  if (stated !== null) return asStated(stated, given);
  const seen = kfenceInTrace(evidence, given, trace);
  const { description, facts, warnings } = deriveMachine(
    evidence,
    seen ? { ...given, kfence: 'late' } : given,
  );
  if (seen) for (const name of ['kfenceObjects', 'kfenceEarlyInit']) facts[name] = seen;
  // The folder's name, which is no option of the machine's.
  if (facts.name !== undefined) facts.name = { kind: 'given', from: '--out' };
  const complete = { ...description, facts };
  return { machine: machineOf(complete, facts), description: complete, facts, warnings };
}

/** @throws InputError naming where a fact is from: the text that is parsed here is in no file */
function machineOf(description: MachineDescription, facts: Readonly<Record<string, Fact>>): Machine {
  try {
    return parseMachine(formatMachine(description), 'machine.json');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const field = /^\w+/.exec(error.detail)?.[0] ?? '';
    throw new InputError(facts[field]?.from ?? 'what was found out of the machine', null, error.detail);
  }
}

/** A trace in which KFENCE takes its pool shows that it is built in, and was not on from the start. */
function kfenceInTrace(evidence: Evidence, given: Given, trace: TraceSummary | null): Fact | null {
  if (given.kfence !== undefined || given.kfencePool !== undefined || evidence.config !== undefined)
    return null;
  if (trace === null || !Object.hasOwn(trace.functions, LATE_POOL)) return null;
  return { kind: 'derived', from: `${nameOf(evidence.linearAddresses?.file ?? 'trace')}: ${LATE_POOL}` };
}

function asStated({ file }: Source, given: Given): Described {
  const [option] = Object.entries(given).find(([key, value]) => !FREE.has(key) && value !== undefined) ?? [];
  if (option !== undefined) {
    const name = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new InputError(file.name, null, `expected no ${name} beside a machine.json, which says it already`);
  }
  const text = readGiven(file);
  const description = parseJson(text, file.name, machineSchema);
  const machine = parseMachine(text, file.name);
  const facts = description.facts ?? factsAsRead(description, nameOf(file.name));
  return { machine, description: { ...description, facts }, facts, warnings: [] };
}

function factsAsRead(description: MachineDescription, from: string): Record<string, Fact> {
  const fields = Object.keys(description).filter((key) => key !== 'schema');
  return Object.fromEntries(fields.map((key): [string, Fact] => [key, { kind: 'read', from }]));
}
