import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { InputError } from '../../src/io/input-error.js';
import { parseJson, parseJsonDocument } from '../../src/io/json.js';
import { addressField, descriptorField, sizeField } from '../../src/io/json-fields.js';
import { findRepeatedKey } from '../../src/io/json-keys.js';

const schema = z.strictObject({
  kind: z.literal(['page', 'block']),
  size: sizeField,
  runs: z.array(z.tuple([z.int(), addressField, descriptorField])),
  live: z.boolean().optional(),
});

/** `kind` on line 2, `size` on 3, the runs on 5 and 6. */
const good = `{
  "kind": "page",
  "size": "64K",
  "runs": [
    [3, "0x1000", "0xe8000000000707"],
    [2, "0xffff000000000000", "0x1"]
  ]
}`;

function refusal(text: string): string {
  try {
    parseJson(text, 'in.json', schema);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('a good text becomes typed values', () => {
  expect(parseJson(good, 'in.json', schema)).toEqual({
    kind: 'page',
    size: 65536,
    runs: [
      [3, 4096, 0xe8000000000707n],
      [2, -(2 ** 48), 1n],
    ],
  });
  expect(parseJson(good.replace('"64K"', '4096'), 'in.json', schema).size).toBe(4096);
});

describe('malformed JSON', () => {
  test.each([
    ['', 'in.json:1: expected a JSON value, found the end of the file'],
    [good.replace('"page",', '"page"'), 'in.json:3: expected a comma, found "\\""'],
    [good.slice(0, -1), 'in.json:8: expected a closing brace, found the end of the file'],
    [good.replace('"64K"', 'lots'), 'in.json:3: expected a JSON value, found "lots"'],
    [good.replace('"kind":', '"kind"'), 'in.json:2: expected a colon, found "\\""'],
    [`${good}\n]`, 'in.json:9: expected the end of the file, found "]"'],
    [good.replace('  "kind"', '  // no\n  "kind"'), 'in.json:2: expected JSON without comments, found "/"'],
    ['\ufeff{}', 'in.json:1: expected JSON as plain UTF-8, found a byte order mark before it'],
    ['{kind: 1}', 'in.json:1: expected a key in double quotes, found "kind"'],
    ["{\n'kind': 1}", 'in.json:2: expected a key in double quotes, found "\'"'],
    ['[kind]', 'in.json:1: expected a JSON value, found "kind"'],
    ['{\u00a0"a": 1}', 'in.json:1: expected a key in double quotes, found "\u00a0"'],
    ['[\n1.]', 'in.json:2: expected a number with digits after its point or exponent, found "1"'],
    ['["\\u12"]', 'in.json:1: expected four hex digits after each \\u of a string, found "\\""'],
    ['["\\x"]', 'in.json:1: expected only \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u in a string, found "\\""'],
    ['[] /* no', 'in.json:1: expected JSON without comments, found "/"'],
    ['\x1f\x8b', 'in.json:1: expected a JSON value, found "\\u001f"'],
  ])('%#', (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test('nesting without end is refused, not fatal', () => {
    expect(refusal('['.repeat(200_000))).toMatch(/^in\.json:1: expected /);
  });
});

describe('wrong values', () => {
  test.each([
    [good.replace('"page"', '"pages"'), 'in.json:2: kind: expected one of "page", "block", found "pages"'],
    [
      good.replace('"64K"', '"64 apples"'),
      'in.json:3: size: expected a size such as 4096, 64K, 1.5G or 0x1000, found "64 apples"',
    ],
    [good.replace('"64K"', 'null'), 'in.json:3: size: expected a string, found null'],
    [good.replace('[3, ', '[3.5, '), 'in.json:5: runs[0][0]: expected a whole number, found 3.5'],
    [
      good.replace('"0x1"', '"1"'),
      'in.json:6: runs[1][2]: expected a descriptor in hex (0x and at most 16 digits), found "1"',
    ],
    [good.replace('[2, ', '['), 'in.json:6: runs[1]: expected at least 3 entries, found a list of 2'],
    [good.replace('[2, ', '[2, 2, '), 'in.json:6: runs[1]: expected at most 3 entries, found a list of 4'],
    ['[]', 'in.json:1: expected an object, found a list of 0'],
    [
      good.replace('  "kind": "page",\n', ''),
      'in.json:1: kind: expected one of "page", "block", found nothing',
    ],
  ])('%#', (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test.each<[z.ZodType, unknown, string]>([
    [z.iso.datetime(), '', 'expected a date and time such as 2026-11-22T14:30:00Z, found ""'],
    [z.string().min(2), '1', 'expected at least 2 characters, found "1"'],
    [z.union([z.number(), z.string()]), null, 'expected another kind of value, found null'],
    [z.number(), '1', 'expected a number, found "1"'],
  ])('of other kinds are told in words of our own: %#', (kind, value, detail) => {
    expect(() => parseJson(JSON.stringify({ value }), 'in.json', z.object({ value: kind }))).toThrow(
      `in.json:1: value: ${detail}`,
    );
  });

  test('a long value is cut', () => {
    expect(refusal(good.replace('page', 'p'.repeat(500))).length).toBeLessThan(130);
  });

  test('a caller can point at a value of its own choice', () => {
    const document = parseJsonDocument(good, 'in.json', schema);
    expect(document.error({ path: ['runs', 1, 0], expected: 'level 3' }).message).toBe(
      'in.json:6: runs[1][0]: expected level 3, found 2',
    );
    expect(document.error({ path: ['live'], expected: 'true', found: 'silence' })).toMatchObject({
      line: 1,
      message: 'in.json:1: live: expected true, found silence',
    });
  });
});

describe('a key twice', () => {
  const twice = (text: string) => () =>
    parseJson(text, 'in.json', z.looseObject({ list: z.array(z.unknown()).optional() }), {
      unknownKeys: 'warn',
    });

  test.each([
    ['{"a": 1,\n "b": 2,\n "a": 1}', 'in.json:3: expected each key once, found "a" twice'],
    ['{"a": 1,\n "a" \t:\n 2, "b": 1, "b": 2}', 'in.json:2: expected each key once, found "a" twice'],
    ['{"list": [{},\n{"x": 1,\n"x": 2}]}', 'in.json:3: list[1]: expected each key once, found "x" twice'],
    ['{"o": {"p": {"x": 1, "x": 2}}}', 'in.json:1: o.p: expected each key once, found "x" twice'],
    ['{"x": 1,\n"\\u0078": 2}', 'in.json:2: expected each key once, found "x" twice'],
    ['{"a\\"b": 1, "b": 2,\n"a\\"b": 3}', 'in.json:2: expected each key once, found "a"b" twice'],
    ['{"": 1,\n"": 2}', 'in.json:2: expected each key once, found "" twice'],
    ['{"a:b": 1,\n"a:b": 2}', 'in.json:2: expected each key once, found "a:b" twice'],
    ['{"__proto__": 1,\n"__proto__": 2}', 'in.json:2: expected each key once, found "__proto__" twice'],
  ])('%j is refused at the second', (text, message) => {
    expect(twice(text)).toThrow(InputError);
    expect(twice(text)).toThrow(message);
  });

  test.each([
    ['{"list": [{"x": 1}, {"x": 2}], "x": {"x": 3}}'],
    ['{"x": "a", "y": "x", "z": "\\"x\\": \\"x\\":", "w": ": \\\\"}'],
    ['{"x": 1, "X": 2, " x": 3, "x ": 4}'],
    ['{"list": []}'],
  ])('%j has none', (text) => {
    expect(twice(text)()).toEqual(JSON.parse(text));
  });

  test('any text that has none is taken, and refused once it has', () => {
    const key = fc.oneof(fc.constantFrom('a', '"', '\\', ':', '":"', '\\"', ' '), fc.string());
    const object = fc.dictionary(key, fc.oneof(fc.string(), fc.dictionary(key, fc.string())));
    fc.assert(
      fc.property(object, key, fc.integer({ min: 0, max: 2 }), (value, name, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(findRepeatedKey(text)).toBeNull();
        const entry = `${JSON.stringify(name)}:0`;
        const spoilt = `{${entry},"o":${text},${entry}}`;
        fc.pre(name !== 'o');
        expect(findRepeatedKey(spoilt)).toEqual({ key: name, path: [], line: text.split('\n').length });
      }),
    );
  });

  test('in what is nested too deeply to be looked at is left to the schema', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(refusal(deep)).toMatch(/^in\.json:1: /);
  });
});

describe('unknown keys', () => {
  const extra = good.replace('  "size"', '  "sise": 3,\n  "size"');

  test('are errors at the key', () => {
    expect(refusal(extra)).toBe('in.json:3: expected only known keys, found "sise"');
  });

  test('are warned about and dropped where asked', () => {
    const warnings: string[] = [];
    const options = { unknownKeys: 'warn', warn: (line: string) => warnings.push(line) } as const;
    expect(parseJson(extra, 'in.json', schema, options)).toEqual(parseJson(good, 'in.json', schema));
    expect(warnings).toEqual(['in.json:3: expected only known keys, found "sise"']);
  });

  test('do not hide another error', () => {
    const nested = z.strictObject({ inner: z.strictObject({}), size: sizeField });
    const both = '{"inner": {"extra": 1}, "size": "lots"}';
    const read = () => parseJson(both, 'in.json', nested, { unknownKeys: 'warn' });
    expect(read).toThrow('size: expected a size');
  });
});
