import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dumpFitsGranule, vaBitsOfDump } from '../../../src/capture/machine-facts/dump-geometry.js';
import { mapFromPtdump } from '../../../src/capture/machine-facts/map-from-ptdump.js';
import { parsePtdump } from '../../../src/capture/texts/ptdump.js';
import { sniffText } from '../../../src/capture/texts/sniff-text.js';
import { Core } from '../../../src/core/core.js';
import { findInput, readText } from '../../../src/io/file.js';
import { InputError } from '../../../src/io/input-error.js';
import { bootLinearMap } from '../../../src/kernel/boot.js';
import type { Machine } from '../../../src/machine/machine.js';
import { readMachine } from '../../../src/machine/machine.js';
import { describeMachine } from '../../../src/machine/synthetic.js';
import { compareMaps } from '../../../src/map/compare.js';
import { readMap as readCoreMap } from '../../../src/map/core-map.js';
import type { LinearMap } from '../../../src/map/linear-map.js';
import { formatMap, parseMap, readMap } from '../../../src/map/map-file.js';
import { root } from '../../cli/linmap.js';
import { bootCore, machineOf } from '../../core/boot-core.js';
import { callCore } from '../../core/calls.js';
import { runs } from '../../core/runs.js';
import { callOn, sampleDrafts } from '../../core/sample-calls.js';
import { sampleMachine } from '../../core/sample-machines.js';
import { formatPtdump } from '../texts/ptdump-text.js';

const captures = join(root, 'captures');
const core = new Core();

/** Folder with the text, name of the text, and the map that was read from memory at the same moment. */
const DUMPS = [
  ['4k48-bbml2-ptdump', 'texts/kernel_page_tables.txt', 'boot'],
  ['4k48-bbml2-ptdump/load-small', 'texts/kernel_page_tables.before.txt', 'before'],
  ['4k48-bbml2-ptdump/load-small', 'texts/kernel_page_tables.after.txt', 'after'],
  ['64k48-bbml2/secretmem', 'texts/kernel_page_tables.before.txt', 'before'],
  ['64k48-bbml2/secretmem', 'texts/kernel_page_tables.held.txt', 'held'],
  ['64k48-bbml2/secretmem', 'texts/kernel_page_tables.after.txt', 'after'],
] as const;

function shipped(folder: string, text: string, map: string) {
  const [machineFolder = ''] = folder.split('/');
  const file = findInput(join(captures, folder), text);
  return {
    machine: readMachine(join(captures, machineFolder, 'machine.json')),
    file,
    text: readText(file),
    captured: readMap(findInput(join(captures, folder), `${map}.map.json`)),
  };
}

describe('a dump of a real kernel', () => {
  it.each(DUMPS)('%s %s gives the map that was read from memory', (folder, name, map) => {
    const { machine, file, text, captured } = shipped(folder, name, map);
    expect(sniffText(text)).toBe('ptdump');
    const { map: rebuilt, assumed } = mapFromPtdump(parsePtdump(text, file), machine, core);
    expect(compareMaps(captured, rebuilt)).toEqual({ differenceCount: 0, differences: [] });
    expect(rebuilt).toEqual(captured);
    expect(assumed).toHaveLength(3);
  });

  it.each(DUMPS)('%s %s tells its granule and VA bits', (folder, name, map) => {
    const { machine, file, text } = shipped(folder, name, map);
    const dump = parsePtdump(text, file);
    expect(vaBitsOfDump(dump, machine.granule)).toBe(machine.vaBits);
    expect(dumpFitsGranule(dump, machine.granule)).toBe(true);
    if (machine.granule === 4096) expect(dumpFitsGranule(dump, 16384)).toBe(false);
  });

  it.each(DUMPS)('%s %s is what the writer of these tests prints for the map', (folder, name, map) => {
    const { text, captured } = shipped(folder, name, map);
    const end = '---[ Linear Mapping end ]---\n';
    expect(formatPtdump(captured)).toBe(text.slice(0, text.indexOf(end) + end.length));
  });

  it('is tried for every text that is shipped', () => {
    const paths = readdirSync(captures, { recursive: true, encoding: 'utf8' });
    expect(paths.filter((path) => /kernel_page_tables.*\.txt(?:\.gz)?$/.test(path))).toHaveLength(
      DUMPS.length,
    );
  });
});

describe('a dump of which a line is missing', () => {
  it.each(DUMPS)('%s %s is refused, whichever line of the linear map it is', (folder, name, map) => {
    const { machine, text } = shipped(folder, name, map);
    const lines = text.split('\n');
    const end = lines.indexOf('---[ Linear Mapping end ]---');
    for (let missing = 1; missing < end; missing++) {
      const spoilt = lines.toSpliced(missing, 1).join('\n');
      const read = () => mapFromPtdump(parsePtdump(spoilt, 'dump'), machine, core);
      const near = [0, 1, 2, 3].map((after) => missing + after).join('|');
      expect(read).toThrow(new RegExp(`^dump:(?:${near}): expected a range from .*: a line is missing`));
    }
  });

  it('and no zero entries are listed, is refused where a contiguous group is not whole', () => {
    const { machine, text } = shipped(...DUMPS[0]);
    const group = text.replace('0xffff000000cd0000-0xffff000000e00000        1216K', (line) =>
      line.replace('cd0000', 'cd1000').replace('1216K', '1212K'),
    );
    const listed = group.split('\n').filter((line) => !/ (?:PTE|PMD|PUD|PGD)$/.test(line));
    expect(() => mapFromPtdump(parsePtdump(listed.join('\n'), 'dump'), machine, core)).toThrow(
      /^dump:9: expected contiguous groups \(CON\) that are whole, 64 KiB each, found 0xffff000000cd1000-/,
    );
  });
});

describe('a dump that went through mail', () => {
  it('gives the same map quoted, coloured, with CR and wrapped', () => {
    const { machine, file, text, captured } = shipped(...DUMPS[0]);
    const spoilt = text
      .split('\n')
      .map((line, i) => (i % 3 === 0 ? line.replace(/ {2,}UXN/, '\nUXN') : line))
      .join('\n')
      .split('\n')
      .map((line, i) => `> ${i % 2 === 0 ? `\x1b[32m${line}\x1b[0m` : line}\r`)
      .join('\n');
    expect(mapFromPtdump(parsePtdump(spoilt, file), machine, core).map).toEqual(captured);
  });

  it('cut short at any byte of the linear map is an error that names the last line', () => {
    const { machine, file, text } = shipped(...DUMPS[0]);
    const end = text.indexOf('---[ Linear Mapping end ]---') + '---[ Linear Mapping end ]---'.length;
    for (let length = 1; length < end; length++) {
      const cut = text.slice(0, length);
      let line: number | null | undefined;
      try {
        mapFromPtdump(parsePtdump(cut, file), machine, core);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        ({ line } = error as InputError);
      }
      const lines = cut.split('\n').length;
      expect([null, lines, lines - 1], `${length} bytes`).toContain(line);
    }
    expect(() => mapFromPtdump(parsePtdump(text.slice(0, end), file), machine, core)).not.toThrow();
  });
});

/** Any map that a random machine may have: booted, then changed. */
const sampleMap = fc
  .tuple(sampleMachine({ realm: false, bti: false }), sampleDrafts(8))
  .map(([model, drafts]) => {
    bootCore(core, model);
    for (const draft of drafts) callCore(core, callOn(model, draft, true), true);
    return { machine: machineOf(model), map: readCoreMap(core) };
  });

describe('any map, printed and read again', () => {
  it('is the map that was printed, descriptor by descriptor', () => {
    fc.assert(
      fc.property(sampleMap, ({ machine, map }) => {
        const printed = visible(map);
        fc.pre(printed.leaves.length > 0);
        const text = formatPtdump(printed);
        const { map: rebuilt } = mapFromPtdump(parsePtdump(text, 'dump'), machine, core);
        expect(leavesOf(rebuilt)).toEqual(leavesOf(printed));
        expect(tablePlaces(rebuilt)).toEqual(tablePlaces(withSharedRoot(printed, machine)));
        expect(compareMaps(printed, rebuilt)).toMatchObject({ differenceCount: 0 });
        expect(parseMap(formatMap(rebuilt), 'map')).toEqual(rebuilt);
        expect(formatPtdump(rebuilt)).toBe(text);
      }),
      { numRuns: runs(300) },
    );
  });

  it('has the same leaves where the kernel prints no zero entries', () => {
    fc.assert(
      fc.property(sampleMap, ({ machine, map }) => {
        const printed = visible(map);
        fc.pre(printed.leaves.length > 0);
        const dump = parsePtdump(formatPtdump(printed, { holes: false, markers: false }), 'dump');
        const { map: rebuilt, assumed } = mapFromPtdump(dump, machine, core);
        expect(leavesOf(rebuilt)).toEqual(leavesOf(printed));
        expect(assumed.join('\n')).toContain('does not list empty entries');
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('a machine with KPTI', () => {
  it('has its boot tables marked, and those of splits not', () => {
    const machine: Machine = {
      ...describeMachine({
        granule: 4096,
        vaBits: 48,
        memory: 2 ** 31,
        base: 2 ** 30,
        bbml2: true,
        image: true,
      }),
      nonGlobal: true,
    };
    bootCoreOf(machine);
    const before = readCoreMap(core);
    core.raw.changeMemory(
      machine.pageOffset + 2 ** 30,
      4096,
      core.permission('ro').set,
      core.permission('ro').clear,
    );
    const map = readCoreMap(core);
    expect(map.tables.length).toBe(before.tables.length + 2);
    const { map: rebuilt } = mapFromPtdump(parsePtdump(formatPtdump(map), 'dump'), machine, core);
    expect(rebuilt).toEqual(map);
  });
});

describe('what no machine can have', () => {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 2 ** 31 });
  const head = '---[ Linear Mapping start ]---\n';
  const tail = '---[ Linear Mapping end ]---\n';
  const attributes = 'RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED\n';
  const refuse = (body: string, expected: RegExp): void => {
    expect(() => mapFromPtdump(parsePtdump(head + body + tail, 'dump'), machine, core)).toThrow(expected);
  };

  it('is refused with its line', () => {
    const pmd = '0xffff000000001000-0xffff000000201000           2M PMD       ';
    refuse(pmd + attributes, /^dump:2: expected addresses that are multiples of 2 MiB/);
    refuse(
      `0xffff000000000000-0xffff000000200000           2M P4D       ${attributes}`,
      /a level that 4K pages/,
    );
    refuse(
      `0xffff800000000000-0xffff800000200000           2M PMD       ${attributes}`,
      /expected mapped memory/,
    );
  });
});

function bootCoreOf(machine: Machine): void {
  bootLinearMap(core, machine, 'final');
}

/** Entries that are no leaf, which a permission change leaves where nothing was mapped, are not in a capture either. */
function visible(map: LinearMap): LinearMap {
  const leaves = map.leaves.filter((run) => ((run.attributes & 2n) !== 0n) === (run.level === 3));
  return { ...map, leaves: leaves.filter((run) => (run.attributes & (1n << 10n)) !== 0n) };
}

const leavesOf = ({ leaves }: LinearMap): LinearMap['leaves'] => leaves;
const tablePlaces = ({ tables }: LinearMap): string[] => tables.map(({ level, va }) => `${level} ${va}`);

function withSharedRoot(map: LinearMap, { pageEnd, vaBits }: Machine): LinearMap {
  const size = 2 ** (Math.log2(map.granule) + (3 - map.rootLevel) * (Math.log2(map.granule) - 3));
  const last = Math.floor((pageEnd - 1) / size) * size;
  if (vaBits !== 52 || last + size <= pageEnd) return map;
  if (map.tables.some(({ level, va }) => level === map.rootLevel && va === last)) return map;
  const tables = [...map.tables, { level: map.rootLevel, va: last, attributes: 0n }];
  return { ...map, tables: tables.sort((a, b) => a.level - b.level || a.va - b.va) };
}
