import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EARLIEST, readAnyMap } from '../../src/capture/any-map.js';
import { InputError } from '../../src/io/input-error.js';
import { compareMaps } from '../../src/map/compare.js';
import { readMap } from '../../src/map/map-file.js';
import { capturedFile, capturedFiles } from '../map/captured-files.js';
import { sharedFolder } from '../scratch-folder.js';

const folder = sharedFolder();

describe('folders', () => {
  test('the latest map, the earliest, and one by its name', () => {
    const scenario = capturedFile('4k-bbml2/secretmem');
    expect(readAnyMap(scenario)).toMatchObject({ source: 'map', name: '4k-bbml2/secretmem/after' });
    expect(readAnyMap(scenario, { preferred: EARLIEST }).name).toBe('4k-bbml2/secretmem/before');
    expect(readAnyMap(scenario, { name: 'held' }).map).toEqual(readMap(join(scenario, 'held.map.json')));
    expect(readAnyMap(scenario, { name: 'boot' }).name).toBe('4k-bbml2/boot');
    expect(readAnyMap(scenario).machine?.name).toBe('4k-bbml2');
  });

  test('a machine, and points of its boot', () => {
    expect(readAnyMap(capturedFile('4k-pages')).name).toBe('4k-pages/boot');
    const points = capturedFile('4k-bbml2-boot/boot');
    expect(readAnyMap(points, { name: '0-mapped' }).machine?.name).toBe('4k-bbml2-boot');
  });

  test.each<[string, string, Parameters<typeof readAnyMap>[1], string]>([
    [
      'nothing there',
      'nowhere',
      {},
      'expected a map or the folder of a capture, found no such file or directory',
    ],
    ['no map in it', 'access', {}, 'found no map'],
    ['not that one', '4k-bbml2/load-small', { name: 'held' }, 'found only after.map.json, before.map.json'],
    ['a name of a file', '4k-bbml2/boot.map.json', { name: 'held' }, 'expected a folder with held.map.json'],
    ['another kind of file', 'README.md', {}, 'found none of these'],
    ['a machine is no map', '4k-bbml2/machine.json', {}, 'schema: expected "linmap.map/1"'],
    [
      'a machine of other geometry',
      '16k-bbml2',
      { machineFile: capturedFile('4k-bbml2/machine.json') },
      'expected the granule and VA bits of',
    ],
  ])('%s', (_, path, options, message) => {
    expect(() => readAnyMap(capturedFile(path), options)).toThrow(InputError);
    expect(() => readAnyMap(capturedFile(path), options)).toThrow(message);
  });
});

test('a machine.json or a map that has a field twice is refused at the second', () => {
  const machineFile = join(folder, 'twice.json');
  const machine = readFileSync(capturedFile('4k-bbml2/machine.json'), 'utf8').trimEnd();
  writeFileSync(machineFile, `${machine.slice(0, -1)},\n"granule": 16384}`);
  const line = machine.split('\n').length + 1;
  expect(() => readAnyMap(capturedFile('4k-bbml2'), { machineFile })).toThrow(
    `${machineFile}:${line}: expected each key once, found "granule" twice`,
  );
  const map = join(folder, 'twice.map.json');
  const text = readFileSync(capturedFile('4k-bbml2/boot.map.json'), 'utf8');
  writeFileSync(map, text.replace('{', '{"leaves": [],\n'));
  expect(() => readAnyMap(map, { machineFile: capturedFile('4k-bbml2/machine.json') })).toThrow(
    `${map}:3: expected each key once, found "leaves" twice`,
  );
});

const dumps = capturedFiles(/kernel_page_tables[.\w]*\.txt(\.gz)?$/);

describe('kernel_page_tables', () => {
  test('there are some', () => {
    expect(dumps.length).toBeGreaterThanOrEqual(2);
  });

  test.each(dumps)('%s: leaves are those of the map that was read beside it', (path) => {
    const dump = readAnyMap(capturedFile(path), { machineFile: machineOf(path) });
    expect(dump).toMatchObject({ source: 'ptdump', showsTables: true, showsPhysical: true });
    expect(dump.assumed.length).toBeGreaterThan(0);
    const captured = mapBeside(path);
    const { differenceCount, differences } = compareMaps(captured, dump.map);
    expect({ differenceCount, differences }).toEqual({ differenceCount: 0, differences: [] });
  });

  test('alone it tells its geometry, and no physical address', () => {
    const path = '4k48-bbml2-ptdump/texts/kernel_page_tables.txt';
    const alone = join(folder, 'any name');
    copyFileSync(capturedFile(path), alone);
    const { map, machine, showsPhysical } = readAnyMap(alone);
    expect({ machine, showsPhysical, granule: map.granule, vaBits: map.vaBits }).toEqual({
      machine: null,
      showsPhysical: false,
      granule: 4096,
      vaBits: 48,
    });
    const strip = ({ level, va, count, attributes }: (typeof map.leaves)[number]) => ({
      level,
      va,
      count,
      attributes,
    });
    expect(map.leaves.map(strip)).toEqual(mapBeside(path).leaves.map(strip));
  });

  test('cut in the middle of a line it is refused', () => {
    const text = readFileSync(capturedFile('4k48-bbml2-ptdump/texts/kernel_page_tables.txt'), 'utf8');
    const cut = join(folder, 'cut.txt');
    writeFileSync(cut, text.slice(0, text.indexOf('\n', 200) + 30));
    expect(() => readAnyMap(cut)).toThrow(InputError);
  });
});

function machineOf(dump: string): string {
  return capturedFile(join(dump.split('/')[0] ?? '', 'machine.json'));
}

/** A dump called kernel_page_tables.NAME was read when NAME.map.json was; after boot it has no name. */
function mapBeside(dump: string) {
  const name = /kernel_page_tables\.(\w+)\.txt/.exec(dump)?.[1] ?? 'boot';
  return readAnyMap(dirname(dirname(capturedFile(dump))), { name }).map;
}

describe('memory images', () => {
  const images = capturedFiles(/\.elf(\.gz)?$/);

  test.each(images)('%s: the map that was read from the machine', (path) => {
    const image = readAnyMap(capturedFile(path));
    expect(image).toMatchObject({ source: 'core', showsTables: true, showsPhysical: true, assumed: [] });
    const captured = readMap(capturedFile(path.replace(/\.elf(\.gz)?$/, '.map.json')));
    expect(compareMaps(captured, image.map).differenceCount).toBe(0);
  });

  test('there is one', () => {
    expect(images.length).toBeGreaterThanOrEqual(1);
  });
});
