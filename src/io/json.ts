import type { z } from 'zod';
import { InputError } from './input-error.js';
import { findRepeatedKey } from './json-keys.js';
import { describeSyntaxError, describeValue, type JsonPath, lineOfKey, lineOfValue } from './json-place.js';

export interface JsonOptions {
  /** `error` (the default) refuses a key the schema does not know; `warn` drops it and says so. */
  unknownKeys?: 'error' | 'warn';
  /** Where warnings go, one line each. */
  warn?: (line: string) => void;
}

/** A value that is well-formed but wrong. */
export interface WrongValue {
  /** Keys and indexes from the root to the value. */
  path: JsonPath;
  /** What should be there. */
  expected: string;
  /** What is there; the value itself where left out. */
  found?: string;
}

/** A parsed file that can still point into its text. */
interface JsonDocument<T> {
  value: T;
  /** The error that names the line of a wrong value. */
  error(wrong: WrongValue): InputError;
}

type Issue = z.core.$ZodIssue;

/**
 * The typed value of a JSON text.
 * @throws InputError naming the line: malformed JSON, a key that an object has twice, a value the schema refuses, an
 *   unknown key.
 */
export function parseJson<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  options: JsonOptions = {},
): z.output<Schema> {
  return parseJsonDocument(text, file, schema, options).value;
}

/** As `parseJson`, for callers that check the value further. */
export function parseJsonDocument<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  options: JsonOptions = {},
): JsonDocument<z.output<Schema>> {
  const raw = parseText(text, file);
  let result = schema.safeParse(raw);
  if (!result.success && options.unknownKeys === 'warn' && result.error.issues.some(isUnknownKeys)) {
    for (const issue of result.error.issues.filter(isUnknownKeys)) {
      options.warn?.(unknownKeyError(text, file, issue).message);
      dropKeys(raw, issue.path, issue.keys);
    }
    result = schema.safeParse(raw);
  }
  if (!result.success) throw issueError(text, file, result.error.issues[0]);
  return {
    value: result.data,
    error: (wrong) => valueError(text, file, wrong),
  };
}

function parseText(text: string, file: string): unknown {
  const value = parseSyntax(text, file);
  const repeated = findRepeatedKey(text);
  if (repeated === null) return value;
  const { key, path, line } = repeated;
  throw new InputError(file, line, `${keyPrefix(path)}expected each key once, found "${key}" twice`);
}

function parseSyntax(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line, expected, found } = describeSyntaxError(text);
    throw new InputError(file, line, `expected ${expected}, found ${found}`);
  }
}

function issueError(text: string, file: string, issue: Issue | undefined): InputError {
  if (issue === undefined) return new InputError(file, 1, 'expected another value');
  if (isUnknownKeys(issue)) return unknownKeyError(text, file, issue);
  return valueError(text, file, { path: issue.path, expected: expectation(issue) });
}

function valueError(text: string, file: string, { path, expected, found }: WrongValue): InputError {
  const what = found ?? describeValue(text, path);
  return new InputError(
    file,
    lineOfValue(text, path),
    `${keyPrefix(path)}expected ${expected}, found ${what}`,
  );
}

function unknownKeyError(text: string, file: string, issue: z.core.$ZodIssueUnrecognizedKeys): InputError {
  const key = issue.keys[0] ?? '';
  const detail = `${keyPrefix(issue.path)}expected only known keys, found "${key}"`;
  return new InputError(file, lineOfKey(text, [...issue.path, key]), detail);
}

function isUnknownKeys(issue: Issue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === 'unrecognized_keys';
}

function dropKeys(root: unknown, path: JsonPath, keys: string[]): void {
  let node = root;
  for (const step of path) node = Reflect.get(Object(node), step);
  for (const key of keys) Reflect.deleteProperty(Object(node), key);
}

/** What the schema wanted. The message of a custom issue is that already. */
function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return NAMES[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values.map((value) => JSON.stringify(value)));
    case 'too_small':
      return `at least ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'too_big':
      return `at most ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? issue.message;
    case 'invalid_union':
      return 'another kind of value';
    default:
      return issue.message;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  boolean: 'true or false',
};

/** What sizes that are no plain numbers are counted in. */
const UNITS: Readonly<Record<string, string>> = { array: ' entries', string: ' characters' };

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'a date and time such as 2026-11-22T14:30:00Z',
};

function oneOf(values: (string | undefined)[]): string {
  return values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`;
}

/** `memory[0].size: `, or nothing for the root. */
function keyPrefix(path: JsonPath): string {
  let name = '';
  for (const step of path) {
    if (typeof step === 'number') name += `[${step}]`;
    else name += name === '' ? String(step) : `.${String(step)}`;
  }
  return name === '' ? '' : `${name}: `;
}
