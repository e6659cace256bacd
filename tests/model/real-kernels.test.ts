/** Checks the model against what real kernels did, so that a property test against the model means something. */
import { describe, expect, it } from 'vitest';
import { buildModel } from './build.js';
import {
  hasFile,
  kfencePages,
  listed,
  listedMap,
  machineNames,
  modelOfCapture,
  readMachine,
  readTrace,
  scenarioNames,
} from './capture.js';
import { updateRangeProt } from './change.js';
import { initKfencePool } from './split.js';

const scenarios = machineNames().flatMap((machine) =>
  scenarioNames(machine).map((scenario): [string, string] => [machine, scenario]),
);
const boots = machineNames().filter((machine) => hasFile(`${machine}/boot/0-mapped.map.json`));

describe('replaying a trace', () => {
  it.each(scenarios)('%s/%s reaches the kernel’s maps and its number of splits', (machine, scenario) => {
    const folder = `${machine}/${scenario}`;
    const mapAt = (name: string) => listedMap(machine, `${folder}/${name}.map.json`);
    const model = modelOfCapture(machine, `${folder}/before.map.json`);
    const { pageOffset, pageEnd, granule } = model.geometry;
    const traced = { pmd: 0, pud: 0 };
    const calls = readTrace(`${folder}/trace.txt`);
    for (const [index, call] of calls.entries()) {
      if (call.kind === 'split event') traced[call.block] += 1;
      if (call.kind === 'kfence')
        expect(initKfencePool(model, call.pool, kfencePages(machine) * granule)).toBe(0);
      if (call.kind === 'change' && call.start >= pageOffset && call.start < pageEnd) {
        expect(updateRangeProt(model, call.start, call.size, call)).toBe(0);
      }
      // A map read while calls went on is the state after some prefix of them; read in peace it is exact.
      const name = call.kind === 'marker' && /^SNAP_(\w+)_REQ$/.exec(call.text)?.[1];
      if (name && calls[index + 1]?.kind === 'marker') expect(listed(model)).toEqual(mapAt(name));
    }
    const { splits } = model.counters;
    expect(splits.pmdToContPte + splits.pmdToPte).toBe(traced.pmd);
    expect(splits.pudToContPmd + splits.pudToPmd).toBe(traced.pud);
    expect(listed(model)).toEqual(mapAt('after'));
  });
});

describe('building', () => {
  it.each(boots)('%s is the kernel’s map at every stage', (name) => {
    const machine = readMachine(name);
    const mapAt = (stage: string) => listedMap(name, `${name}/boot/${stage}.map.json`);
    expect(listed(buildModel(machine, 'mapped'))).toEqual(mapAt('0-mapped'));
    expect(listed(buildModel(machine, 'repainted'))).toEqual(mapAt('3-before-text-read-only'));
  });

  it.each(machineNames())(
    '%s has booted to a map with the same translations and no larger leaves',
    (name) => {
      const built = buildModel(readMachine(name), 'final');
      const booted = modelOfCapture(name, `${name}/boot.map.json`);
      // An expectation for each of a hundred thousand descriptors would take longer than all the rest.
      const tables = built.tables();
      expect(tables.map(({ level, va }) => booted.entryAt(level, va))).toEqual(
        tables.map(({ attributes }) => ({ kind: 'table', attributes })),
      );
      const finer = booted.leafRuns().filter((run) => {
        const leaf = built.walk(run.va);
        return leaf === null || leaf.pa !== run.pa || leaf.level > run.level;
      });
      expect(finer).toEqual([]);
    },
  );
});
