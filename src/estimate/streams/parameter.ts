// Parameters of streams: what may stand behind the name, and how it is read.
import { formatSize, parseSize } from '../../io/size.js';

interface Parameter {
  /** `memory`: bytes, of which the default shrinks to a quarter of what the machine has free. */
  readonly kind: 'memory' | 'size' | 'count' | 'number';
  readonly default: number;
  /** Smallest value. Default 0. */
  readonly least?: number;
  /** Largest value. Default: 2^40 for counts and numbers, 2^52 for bytes. */
  readonly most?: number;
  /** For --help. */
  readonly text: string;
}

export type Parameters<K extends string = string> = Readonly<Record<K, Parameter>>;
export type Values<K extends string = string> = Readonly<Record<K, number>>;

/** @throws RangeError whose message says what was expected, without saying of what */
export function parseParameter({ kind, least = 0, most = mostOf(kind) }: Parameter, text: string): number {
  const value = isBytes(kind) ? parseSize(text) : parseNumber(text, kind === 'count');
  if (value < least || value > most) {
    const [low, high] = isBytes(kind) ? [formatSize(least), formatSize(most)] : [least, most];
    throw new RangeError(`${low} to ${high}`);
  }
  return value;
}

/** The default as a person would write it. */
export function formatDefault({ kind, default: value }: Parameter): string {
  return isBytes(kind) ? formatSize(value).replace(/ (?:([KMGTP])i)?B$/, '$1') : `${value}`;
}

function parseNumber(text: string, whole: boolean): number {
  const pattern = whole ? /^\d{1,13}$/ : /^(?:\d+\.?\d*|\.\d+)$/;
  if (!pattern.test(text)) throw new RangeError(whole ? 'a whole number' : 'a number such as 0.99');
  return Number(text);
}

function isBytes(kind: Parameter['kind']): boolean {
  return kind === 'memory' || kind === 'size';
}

function mostOf(kind: Parameter['kind']): number {
  return isBytes(kind) ? 2 ** 52 : 2 ** 40;
}
