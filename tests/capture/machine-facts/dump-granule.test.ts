/** What a dump of page tables tells of the size of pages and of the address bits, and what it leaves open. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveMachine } from '../../../src/capture/machine-facts/derive-machine.js';
import { granulesOfDump, requireGranule } from '../../../src/capture/machine-facts/dump-geometry.js';
import type { Evidence } from '../../../src/capture/machine-facts/evidence.js';
import { parseKernelVersion } from '../../../src/capture/texts/kernel-version.js';
import { parsePtdump } from '../../../src/capture/texts/ptdump.js';
import { Core } from '../../../src/core/core.js';
import { readText } from '../../../src/io/file.js';
import { InputError } from '../../../src/io/input-error.js';
import { bootLinearMap } from '../../../src/kernel/boot.js';
import { describeMachine } from '../../../src/machine/synthetic.js';
import { readMap } from '../../../src/map/core-map.js';
import { bootCore, machineOf } from '../../core/boot-core.js';
import { runs } from '../../core/runs.js';
import { sampleMachine } from '../../core/sample-machines.js';
import { capturedFile, capturedFiles } from '../../map/captured-files.js';
import { formatPtdump } from '../texts/ptdump-text.js';

const core = new Core();
const factsOf = (evidence: Evidence) => deriveMachine(evidence, { rodata: 'on' }).facts;

/** One page table entry after the other, as a dump shows them of which no other line was kept. */
function pages(...ranges: [start: string, end: string, size: string][]): string {
  const lines = ranges.map(
    ([start, end, size]) =>
      `0xffff${start}-0xffff${end}   ${size} PTE       RW NX SHD AF            UXN    MEM/NORMAL-TAGGED`,
  );
  return `${['---[ Linear Mapping start ]---', ...lines, '---[ Linear Mapping end ]---'].join('\n')}\n`;
}

describe('a whole dump', () => {
  it.each(capturedFiles(/kernel_page_tables[.\w]*\.txt(\.gz)?$/))('%s is of one granule', (path) => {
    const dump = parsePtdump(readText(capturedFile(path)), path);
    const granule = path.startsWith('64k') ? 65536 : 4096;
    expect(granulesOfDump(dump)).toEqual([granule]);
    expect(() => requireGranule(dump, granule)).not.toThrow();
  });

  it('may be of the granule that it is of, whatever was mapped', () => {
    const machines = sampleMachine({ realm: false, bti: false });
    fc.assert(
      fc.property(machines, fc.boolean(), fc.boolean(), (model, holes, markers) => {
        bootCore(core, model);
        const map = readMap(core);
        fc.pre(map.leaves.length > 0);
        const dump = parsePtdump(formatPtdump(map, { holes, markers }), 'dump');
        expect(granulesOfDump(dump)).toContain(machineOf(model).granule);
        expect(() => requireGranule(dump, machineOf(model).granule)).not.toThrow();
      }),
      { numRuns: runs(100) },
    );
  });

  it.each([4096, 16384, 65536] as const)('in pages of %i bytes tells them by its zero entries', (granule) => {
    bootLinearMap(core, describeMachine({ granule, vaBits: 48, memory: 3 * 2 ** 30 }), 'final');
    const evidence = { ptdumps: [parsePtdump(formatPtdump(readMap(core)), 'dump')] };
    expect(deriveMachine(evidence).description).toMatchObject({ granule, vaBits: 48 });
    expect(deriveMachine(evidence).facts).toMatchObject({
      granule: { kind: 'derived', from: 'dump: sizes of its ranges' },
      vaBits: { kind: 'derived', from: 'dump: where the linear map starts' },
    });
  });
});

describe('a dump of which little is left', () => {
  const wide = parsePtdump(pages(['000000000000', '000000010000', '64K']), 'wide');
  const narrow = parsePtdump(pages(['000000000000', '000000004000', '16K']), 'narrow');

  it('may be of several granules', () => {
    expect(granulesOfDump(wide)).toEqual([4096, 16384, 65536]);
    expect(granulesOfDump(narrow)).toEqual([4096, 16384]);
    expect(factsOf({ ptdumps: [wide] }).granule).toEqual({
      kind: 'assumed',
      from: 'wide: its ranges could be of 4K or 16K pages too',
    });
    expect(factsOf({ ptdumps: [narrow] }).granule).toEqual({
      kind: 'assumed',
      from: 'narrow: its ranges could be of 4K pages too',
    });
  });

  it('gives way to whatever tells', () => {
    const fine = parsePtdump(pages(['000000000000', '000000001000', '4K']), 'fine');
    expect(factsOf({ ptdumps: [wide, fine] }).granule).toEqual({
      kind: 'derived',
      from: 'fine: sizes of its ranges',
    });
    const kernel = parseKernelVersion('6.12.0-55.el10.aarch64+16k', 'version');
    expect(factsOf({ ptdumps: [wide], kernel }).granule).toEqual({
      kind: 'derived',
      from: 'version: name of the release',
    });
  });

  it('may not show where the linear map starts', () => {
    const dump = parsePtdump(pages(['000040000000', '000040001000', '4K']), 'dump');
    expect(deriveMachine({ ptdumps: [dump] }, { rodata: 'on' })).toMatchObject({
      description: { vaBits: 48 },
      facts: {
        vaBits: {
          kind: 'assumed',
          from: 'dump: its first memory, as nothing shows where the linear map starts',
        },
      },
    });
  });

  it('is refused for a granule that it cannot be of', () => {
    expect(() => requireGranule(narrow, 65536)).toThrow(InputError);
    expect(() => requireGranule(narrow, 65536)).toThrow(
      'narrow:2: expected a range that PTE entries of 64K pages tile, found 0xffff000000000000-0xffff000000004000',
    );
    const low = parsePtdump(pages(['ff8000000000', 'ff8000010000', '64K']), 'low');
    expect(() => requireGranule(low, 4096)).not.toThrow();
    expect(() => requireGranule(low, 65536)).toThrow(
      'low:2: expected a linear map of 64K pages, from 0xfffffc0000000000, 0xffff000000000000, 0xfff0000000000000, found one from 0xffffff8000000000',
    );
  });
});
