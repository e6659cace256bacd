// Streams by name: `zipf`, `zipf:s=1.2,size=64G`.
import type { Machine } from '../../machine/machine.js';
import type { AccessChunk } from '../access.js';
import { AccessWriter } from './access-writer.js';
import { CompanyMixer, companyParameters } from './company.js';
import { crypt } from './crypt.js';
import { freeBytes } from './memory-pages.js';
import { network } from './network.js';
import { formatDefault, type Parameters, parseParameter, type Values } from './parameter.js';
import { chase, sequential, strided, uniform, zipf } from './plain.js';
import { Random } from './random.js';
import { type Company, type StreamKind, StreamPlace } from './stream-kind.js';
import type { StreamLaw } from './stream-law.js';

const KINDS: readonly StreamKind[] = [sequential, uniform, zipf, strided, chase, network, crypt];

export const STREAM_NAMES: readonly string[] = KINDS.map(({ name }) => name);

interface StreamOptions {
  /** Accesses of all classes. */
  accesses: number;
  /** The same seed gives the same accesses. Its low 32 bits count. */
  seed: number;
}

/**
 * The accesses of a stream on a machine, as chunks of some ten thousand. Each iteration begins anew.
 * @param spec NAME or NAME:k=v,…
 * @throws RangeError in one line, where the text names no stream or the machine has no room for it
 */
export function openStream(spec: string, machine: Machine, options: StreamOptions): Iterable<AccessChunk> {
  const { kind, values } = parseStream(spec, machine);
  const begin = () => {
    const place = new StreamPlace(machine, options.seed);
    const step = kind.start(values, place);
    return { step, mixer: new CompanyMixer(values as Values<keyof typeof kind.company>, place.random) };
  };
  // What does not fit is said now, not when the first access is asked for.
  naming(spec, begin);
  return {
    *[Symbol.iterator]() {
      const { step, mixer } = begin();
      const to = new AccessWriter();
      const perAccess = values.instructions ?? 0;
      let given = 0;
      let counted = 0;
      while (given < options.accesses) {
        const missing = options.accesses - given;
        while (!to.isFull && to.count < missing) {
          const before = to.count;
          step(to);
          mixer.follow(to.count - before, to);
        }
        const words = to.take(missing);
        given += words.length;
        const instructions = wholeProduct(given, perAccess) - counted;
        counted += instructions;
        yield { words, instructions };
      }
    },
  };
}

/** What is known of a stream before it runs. */
export interface StreamNature {
  /** Each access needs what the one before it read. */
  dependent: boolean;
  /** In words why, where no closed form is about it. */
  law: StreamLaw | 'captured' | 'several kinds of access' | 'accesses of other classes';
}

/** @throws RangeError as `openStream` does */
export function natureOf(spec: string, machine: Machine, seed: number): StreamNature {
  const { kind, values } = parseStream(spec, machine);
  const { dependent = false } = kind;
  if (!kind.law) return { dependent, law: 'several kinds of access' };
  const mixer = new CompanyMixer(values as Values<keyof Company>, new Random(seed));
  if (!mixer.isEmpty) return { dependent, law: 'accesses of other classes' };
  return { dependent, law: kind.law(values, new StreamPlace(machine, seed)) };
}

/** Lines for --help: each stream, then its parameters with their defaults. */
export function describeStreams(): string[] {
  return KINDS.flatMap((kind) => [
    `${kind.name}: ${kind.text}`,
    ...Object.entries(parametersOf(kind)).map(
      ([key, parameter]) => `  ${key}=${formatDefault(parameter)}  ${parameter.text}`,
    ),
  ]);
}

/**
 * The whole part of `count` times a decimal fraction, as it is written: 4.6 is a little less in binary, and 100,000
 * times that would lack one.
 */
function wholeProduct(count: number, factor: number): number {
  const product = count * factor;
  const nearest = Math.round(product);
  return Math.abs(product - nearest) <= 4 * Number.EPSILON * nearest ? nearest : Math.floor(product);
}

function parametersOf(kind: StreamKind): Parameters {
  return { ...kind.parameters, ...companyParameters(kind.company) };
}

function parseStream(spec: string, machine: Machine): { kind: StreamKind; values: Values } {
  const colon = spec.indexOf(':');
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const kind = KINDS.find((one) => one.name === name);
  if (!kind) {
    throw new RangeError(`expected a stream (${STREAM_NAMES.join(', ')}), found '${name}'`);
  }
  const parameters = parametersOf(kind);
  const values: Record<string, number> = {};
  const quarter = Math.floor(freeBytes(machine) / 4);
  for (const [key, { kind: unit, default: value }] of Object.entries(parameters)) {
    values[key] = unit === 'memory' ? Math.min(value, quarter) : value;
  }
  const given = colon < 0 ? [] : spec.slice(colon + 1).split(',');
  const seen = new Set<string>();
  for (const item of given) {
    const [key = '', ...rest] = item.split('=');
    const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (!parameter || rest.length !== 1 || seen.has(key)) {
      const keys = Object.keys(parameters).map((one) => `${one}=`);
      throw new RangeError(
        `stream ${name}: expected each of ${keys.join(', ')} at most once, found '${item}'`,
      );
    }
    seen.add(key);
    values[key] = naming(`stream ${name}: ${key}`, () => parseParameter(parameter, rest[0] ?? ''), rest[0]);
  }
  return { kind, values };
}

/** Puts `what` in front of a RangeError's message, and what was found behind it. */
function naming<T>(what: string, action: () => T, found?: string): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = found === undefined ? error.message : `expected ${error.message}, found '${found}'`;
    throw new RangeError(`${what}: ${message}`);
  }
}
