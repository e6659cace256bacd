import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { scratchFolder } from '../scratch-folder.js';
import { editFile } from './edit-file.js';
import { scratchMachine } from './linmap.js';
import { refusalHere } from './linmap-here.js';

let folder: string;
let machine: string;
let scenario: string;
let before: string;
let trace: string;
beforeEach(() => {
  folder = scratchMachine('4k-bbml2');
  machine = join(folder, 'machine.json');
  scenario = join(folder, 'load-small');
  before = join(scenario, 'before.map.json');
  trace = join(scenario, 'trace.txt.gz');
});

describe('folders and files that are not there', () => {
  const expected = 'expected the folder of a scenario, with before.map.json and trace.txt, found';

  test('no folder, a file, a machine', async () => {
    expect(await refusalHere('replay', join(folder, 'nothing'))).toBe(
      `${join(folder, 'nothing')}: ${expected} no such file or directory`,
    );
    expect(await refusalHere('replay', machine)).toBe(`${machine}: ${expected} a file`);
    expect(await refusalHere('replay', folder)).toContain(
      `${folder}: ${expected} a machine with these: ${join(folder, 'cbpf200')}, `,
    );
  });

  test('a folder with something else', async () => {
    const empty = scratchFolder();
    expect(await refusalHere('replay', empty)).toContain(
      'machine.json: expected this file or machine.json.gz, found neither',
    );
  });

  test.each(['before.map.json', 'trace.txt'])('no %s', async (name) => {
    rmSync(join(scenario, name === 'trace.txt' ? `${name}.gz` : name));
    expect(await refusalHere('replay', scenario)).toBe(
      `${join(scenario, name)}: expected this file or ${name}.gz, found neither`,
    );
  });

  test('no machine.json', async () => {
    rmSync(machine);
    expect(await refusalHere('replay', scenario)).toBe(
      `${machine}: expected this file or machine.json.gz, found neither`,
    );
    expect(await refusalHere('map', '--machine', machine)).toBe(
      `${machine}: expected a readable file, found no such file or directory`,
    );
  });

  test('a directory in the place of a file', async () => {
    expect(await refusalHere('map', '--machine', folder)).toBe(
      `${folder}: expected a readable file, found a directory`,
    );
    renameSync(before, `${before}.old`);
    mkdirSync(before);
    expect(await refusalHere('replay', scenario)).toBe(
      `${before}: expected a readable file, found a directory`,
    );
  });
});

describe('damaged files', () => {
  test('gzip data that stops early', async () => {
    writeFileSync(trace, readFileSync(trace).subarray(0, 3000));
    expect(await refusalHere('replay', scenario)).toBe(
      `${trace}: expected complete gzip data, found an end in the middle`,
    );
  });

  test('JSON that breaks off, and JSON with a slip in line 9', async () => {
    editFile(before, (text) => text.slice(0, text.length / 2));
    expect(await refusalHere('replay', scenario)).toMatch(/before\.map\.json:\d+: expected .*, found /);
    editFile(machine, (text) => text.replace('"vaBitsBuild": 52,', '"vaBitsBuild" 52,'));
    expect(await refusalHere('map', '--machine', machine)).toBe(`${machine}:9: expected a colon, found "52"`);
  });

  test('an empty file', async () => {
    writeFileSync(machine, '');
    expect(await refusalHere('map', '--machine', machine)).toBe(
      `${machine}:1: expected a JSON value, found the end of the file`,
    );
  });
});

describe('machine.json', () => {
  test.each<[string, string, string, string]>([
    [
      'an unknown field',
      '"lpa2": false',
      '"lpa2": false, "colour": 1',
      '10: expected only known keys, found "colour"',
    ],
    [
      'another schema',
      'linmap.machine/1',
      'linmap.machine/2',
      '2: schema: expected "linmap.machine/1", found "linmap.machine/2"',
    ],
    [
      'a granule that does not exist',
      '"granule": 4096',
      '"granule": 8192',
      '7: granule: expected one of 4096, 16384, 65536, found 8192',
    ],
    [
      'VA bits that do not exist',
      '"vaBits": 48',
      '"vaBits": 47',
      '8: vaBits: expected one of 39, 48, 52 for the 4K granule, found 47',
    ],
    [
      'an unaligned bank',
      '"start": "0x40000000"',
      '"start": "0x40000800"',
      '25: memory[0].start: expected a multiple of 4 KiB, found "0x40000800"',
    ],
    [
      'an address that is none',
      '"start": "0x40000000"',
      '"start": "40000000"',
      '25: memory[0].start: expected an address in hex (0x and at most 16 digits), found "40000000"',
    ],
    [
      'an absurd size',
      '"size": "0x80000000"',
      '"size": "0x8000000000000000"',
      '26: memory[0].size: expected a whole number of bytes below 2^53, found "0x8000000000000000"',
    ],
    [
      'more memory than the region holds',
      '"size": "0x80000000"',
      '"size": "200T"',
      '26: memory[0].size: expected memory inside the 128 TiB linear region from 0x40000000, found an end at 0xc80040000000',
    ],
    [
      'no memory',
      '"size": "0x80000000"',
      '"size": 0',
      '26: memory[0].size: expected a multiple of 4 KiB above 0, found 0',
    ],
    [
      'an image outside memory',
      '"bssStop": "0x430e6000"',
      '"bssStop": "0xf00e6000"',
      '30: image: expected an image inside memory, found parts of it outside',
    ],
  ])('%s', async (_, from, to, line) => {
    editFile(machine, (text) => text.replace(from, to));
    expect(await refusalHere('map', '--machine', machine)).toBe(`${machine}:${line}`);
  });

  test('overlapping banks', async () => {
    editFile(machine, (text) =>
      text.replace('"memory": [', '"memory": [\n{"start": "0xb0000000", "size": "0x20000000"},'),
    );
    expect(await refusalHere('map', '--machine', machine)).toBe(
      `${machine}:24: memory[0].start: expected memory that does not overlap memory[1], which ends at 0xc0000000, found "0xb0000000"`,
    );
  });
});

describe('before.map.json', () => {
  test.each<[string, RegExp, string, RegExp]>([
    [
      'a leaf without a table above it',
      /,\n {2}\[2, "\w+", "0x1\w{15}"\]\n \]/,
      '\n ]',
      /:\d+: leaves\[\d+]: expected a table descriptor of level 2 above it, found none$/,
    ],
    [
      'a table without a table above it',
      /\[0, .*\],/,
      '',
      /tables\[0]: expected a table descriptor of level 0 above it, found none$/,
    ],
    [
      'an unaligned leaf',
      /\[2, "0xffff000000000000"/,
      '[2, "0xffff000000001000"',
      /:3: leaves\[0]\[1]: expected a multiple of 2 MiB, found "0xffff000000001000"$/,
    ],
    [
      'a run that goes too far',
      /"0x40000000", 1,/,
      '"0x40000000", 9007199254740993,',
      /:3: leaves\[0]\[3]: expected /,
    ],
    [
      'a granule that the leaves do not fit',
      /"granule": 4096/,
      '"granule": 16384',
      /:4: leaves\[1]\[1]: expected a multiple of 32 MiB, /,
    ],
  ])('%s', async (_, from, to, line) => {
    editFile(before, (text) => text.replace(from, to));
    expect(await refusalHere('replay', scenario)).toMatch(line);
    expect(await refusalHere('replay', scenario)).toContain(`${before}:`);
  });

  test('a map of another machine', async () => {
    editFile(machine, (text) =>
      text
        .replace(/"granule": 4096,/, '"granule": 65536,')
        .replace(/"memory": \[[^\]]*\]/, '"memory": [{"start": "0x40000000", "size": "2G"}]'),
    );
    expect(await refusalHere('replay', scenario)).toBe(
      `${before}:1: expected the granule and VA bits of machine.json (65536, 48), found 4096, 48`,
    );
  });
});

describe('the trace', () => {
  const damage = (line: number, change: (text: string) => string) =>
    editFile(trace, (text) =>
      text
        .split('\n')
        .map((raw, at) => (at + 1 === line ? change(raw) : raw))
        .join('\n'),
    );
  /** The first update_range_prot event, counted from 1. */
  const firstUpdate = () =>
    gunzipSync(readFileSync(trace))
      .toString()
      .split('\n')
      .findIndex((line) => line.includes('(update_range_prot')) + 1;

  test('a line that is no event', async () => {
    damage(20, () => 'what is this?');
    expect(await refusalHere('replay', scenario)).toBe(
      `${trace}:20: expected a trace event (task-pid [cpu] flags time: event: (function) …), found "what is this?"`,
    );
  });

  test('an argument that is missing', async () => {
    const line = firstUpdate();
    damage(line, (text) => text.replace(/ set=\S+/, ''));
    expect(await refusalHere('replay', scenario)).toMatch(
      new RegExp(
        `trace\\.txt\\.gz:${line}: expected an argument of this name for "set" of \\S+, found none$`,
      ),
    );
  });

  test('an argument that is no number, and one that is no address', async () => {
    const line = firstUpdate();
    damage(line, (text) => text.replace(/ size=\S+/, ' size=much'));
    expect(await refusalHere('replay', scenario)).toMatch(
      `:${line}: expected a number of at most 64 bits for "size"`,
    );
    damage(line, (text) => text.replace(/ start=\S+/, ' start=0x0800000000000000'));
    expect(await refusalHere('replay', scenario)).toMatch(
      `:${line}: expected an address in the top or bottom 2^52 bytes`,
    );
  });
});

describe('--out', () => {
  test.each(['map', 'replay'])('%s into a folder that does not exist', async (command) => {
    const out = join(folder, 'missing', 'out.json');
    const args = command === 'map' ? ['--machine', machine] : [scenario];
    expect(await refusalHere(command, ...args, '--json', '--out', out)).toBe(
      `${out}: expected a place to write a file, found no such file or directory`,
    );
    expect(readdirSync(folder)).not.toContain('missing');
  });
});

test('a captured map of another geometry', async () => {
  editFile(join(folder, 'boot.map.json'), (text) =>
    text
      .replace('"granule": 4096', '"granule": 65536')
      .replace('"rootLevel": 0', '"rootLevel": 1')
      .replace(/"leaves": \[[\s\S]*/, '"leaves": [], "tables": []}'),
  );
  expect(await refusalHere('map', '--machine', machine)).toMatch(
    /boot\.map\.json: a map of granule .* cannot be compared with one of/,
  );
});
