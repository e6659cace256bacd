import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/io/input-error.js';
import { readReference, writeReference } from '../../src/record/gate/reference.js';
import { scratchFolder } from '../scratch-folder.js';

const MODULE = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]);
const FACTS = {
  version: '0.1.0',
  commit: 'ed1af57',
  dirty: false,
  pinned: '2026-01-02T03:04:05.000Z',
  reason: 'walks became faster',
};

describe('a pinned reference', () => {
  let folder = '';
  beforeEach(() => {
    folder = scratchFolder();
  });

  it('is read as it was written', () => {
    const record = writeReference(join(folder, 'new'), MODULE, FACTS);
    expect(record).toEqual({
      schema: 'linmap.reference/1',
      ...FACTS,
      // sha256sum of the eight bytes
      sha256: '93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476',
      bytes: 8,
    });
    const read = readReference(join(folder, 'new'));
    expect(read?.record).toEqual(record);
    expect([...(read?.module ?? [])]).toEqual([...MODULE]);
  });

  it('is null where nothing is pinned', () => {
    expect(readReference(folder)).toBeNull();
  });

  it('is refused where module and record do not belong together', () => {
    writeReference(folder, MODULE, FACTS);
    writeFileSync(join(folder, 'core.wasm'), Uint8Array.from([...MODULE, 0]));
    expect(() => readReference(folder)).toThrow(
      /core\.wasm: expected the module that .*reference\.json names/,
    );
    rmSync(join(folder, 'core.wasm'));
    expect(() => readReference(folder)).toThrow(InputError);
  });

  it('is refused with the line where its record is wrong', () => {
    writeReference(folder, MODULE, FACTS);
    const file = join(folder, 'reference.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"dirty": false', '"dirty": "no"'));
    expect(() => readReference(folder)).toThrow(/reference\.json:5: "?dirty/);
  });
});
