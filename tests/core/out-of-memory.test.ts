/** The core's own memory ends: no event of the machine, and no machine that goes on wrongly. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Core } from '../../src/core/core.js';
import { modulePath } from '../../src/core/module.js';
import { OperationList } from '../../src/core/operations.js';
import { mapDigest } from '../../src/map/map-digest.js';

const MIB = 2 ** 20;
/** Each takes a table, where a page is taken out of it. */
const BLOCKS = 4096;
const PAGE_OFFSET = -(2 ** 48);
const PAGE_END = -(2 ** 47);
const MEMORY_SECTION = 5;

/** The core, if it had a memory of `pages` of 64 KiB rather than of 4 GiB: that is what the module's own limit says. */
function coreOf(pages: number): Core {
  const bytes = readFileSync(modulePath());
  let at = 8;
  while (bytes[at] !== MEMORY_SECTION) {
    const length = numberAt(bytes, at + 1);
    at = length.end + length.value;
  }
  // One memory with a limit: its least pages, its most pages.
  const body = numberAt(bytes, at + 1).end;
  expect([bytes[body], bytes[body + 1]]).toEqual([1, 1]);
  const most = numberAt(bytes, numberAt(bytes, body + 2).end);
  expect(most.value).toBe(65536);
  for (let byte = most.end - 3, rest = pages; byte < most.end; byte++, rest >>= 7) {
    bytes[byte] = (rest & 0x7f) | (byte < most.end - 1 ? 0x80 : 0);
  }
  return new Core(new WebAssembly.Instance(new WebAssembly.Module(bytes), {}));
}

/** A number as WebAssembly writes it: seven bits a byte (LEB128). */
function numberAt(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  let end = at;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[end++] as number;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end };
  }
}

/** Blocks of 1 GiB, on a core with BBML2. */
function boot(core: Core): void {
  core.reset(4096, 48, PAGE_END, { requiresBbml2: true, hasBbml2: true, capsFinal: true });
  core.mapRange(0, PAGE_OFFSET, 2 * BLOCKS * MIB, 'kernel');
}

/** Takes a page out of every 2 MiB. */
function splitBlocks(core: Core, blocks: number): void {
  const list = new OperationList();
  for (let block = 0; block < blocks; block++) {
    list.push(core.operation.change, 0, PAGE_OFFSET + 2 * block * MIB, 4096, core.permission('ro'));
  }
  core.run(list);
  expect(list.firstError()).toBe(0);
}

it('is an error that says what is short, wherever it happens', () => {
  for (const pages of [96, 97, 98, 99, 100]) {
    const core = coreOf(pages);
    boot(core);
    expect(() => splitBlocks(core, BLOCKS)).toThrow(
      new RangeError('the tables of this machine need more than 4 GiB'),
    );
    expect(core.raw.memory.buffer.byteLength).toBe(pages * 65536);
  }
});

it('leaves nothing to a machine that is made afterwards', () => {
  const full = coreOf(96);
  boot(full);
  expect(() => splitBlocks(full, BLOCKS)).toThrow(RangeError);
  const outcomes = [full, new Core()].map((core) => {
    boot(core);
    splitBlocks(core, 100);
    return { digest: mapDigest(core), counters: core.counters(), summary: core.summary() };
  });
  expect(outcomes[0]).toEqual(outcomes[1]);
});
