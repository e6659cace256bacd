/** Captures that were spoilt on their way: a replay of them says so in one line. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { scratchFolder } from '../scratch-folder.js';
import { editFile } from './edit-file.js';
import { root, scratchMachine } from './linmap.js';
import { linmapHere, refusalHere } from './linmap-here.js';

let folder: string;
let scenario: string;
let trace: string;
beforeEach(() => {
  folder = scratchMachine('4k-bbml2');
  scenario = join(folder, 'load-small');
  trace = join(scenario, 'trace.txt.gz');
});

const CHANGE = /^.*update_range_prot\+.*$/gm;

test('a trace that ends in the middle of a mask', async () => {
  editFile(trace, (text) => {
    const last = [...text.matchAll(CHANGE)].at(-1) as RegExpExecArray;
    return text.slice(0, last.index + last[0].length - 4);
  });
  expect(await refusalHere('replay', scenario)).toMatch(
    /trace\.txt\.gz:\d+: expected a newline after the last line, which may be cut, found the end of the file after "clear=0x?\d*"$/,
  );
});

test('a mask that moves memory, an address that is not of the kernel, a NUL byte', async () => {
  const whole = gunzipSync(readFileSync(trace)).toString();
  const line = whole.slice(0, whole.search(CHANGE)).split('\n').length;
  const spoilt = async (from: RegExp, to: string) => {
    editFile(trace, () => whole.replace(CHANGE, (one) => one.replace(from, to)));
    return refusalHere('replay', scenario);
  };
  expect(await spoilt(/ set=\S+/, ' set=0xffffffffffffffff')).toContain(
    `${trace}:${line}: expected a mask of attributes`,
  );
  expect(await spoilt(/start=0xffff/, 'start=0x0000')).toContain(
    `${trace}:${line}: expected an address of the kernel`,
  );
  expect(await spoilt(/^/, '\0\0\0')).toBe(`${trace}:${line}: expected text, found a NUL byte`);
});

test('a map with an address that no descriptor holds', async () => {
  const map = join(scenario, 'before.map.json');
  editFile(map, (text) => text.replace('"0x40000000"', '"0x1000040000000"'));
  const expected =
    /before\.map\.json:\d+: leaves\[0\]\[2\]: expected a physical address of 48 bits, .*, found "0x1000040000000"$/;
  expect(await refusalHere('replay', scenario)).toMatch(expected);
  expect(await refusalHere('inspect', map)).toMatch(expected);
});

test('a dump cut after some lines, and one of less memory than its machine has', async () => {
  const texts = join(root, 'captures/4k48-bbml2-ptdump/texts/kernel_page_tables.txt');
  const lines = readFileSync(texts, 'utf8').split('\n');
  const dump = join(scratchFolder(), 'dump.txt');
  writeFileSync(dump, `${lines.slice(0, 9).join('\n')}\n`);
  expect(await refusalHere('inspect', dump)).toBe(
    `${dump}:9: expected a marker after the ranges of the linear map (---[ Linear Mapping end ]---), found the end of the file`,
  );
  const machine = scratchMachine('4k48-bbml2-ptdump');
  mkdirSync(join(machine, 'other'));
  const whole = join(machine, 'other', 'dump.txt');
  writeFileSync(whole, lines.join('\n'));
  editFile(join(machine, 'machine.json'), (text) =>
    text.replace('"size": "0x80000000"', '"size": "0xc0000000"'),
  );
  const { code, stderr } = await linmapHere('inspect', whole);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `warning: ${whole}: 1 GiB are memory but not mapped, the first at PA 0xc0000000, by machine.json\n`,
  });
});
