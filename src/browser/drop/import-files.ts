// Files that a reader drops: imported and replayed by the code of linmap import and linmap replay.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ARCHIVE_LIMITS } from '../../capture/archive/unpack.js';
import { type Import, importCapture } from '../../capture/import/import-capture.js';
import type { Given } from '../../capture/machine-facts/evidence.js';
import { type Replay, replay, replayAs, type StrategyReplay } from '../../capture/replay.js';
import { type Scenario, streamScenario } from '../../capture/scenario.js';
import { Core } from '../../core/core.js';
import { InputError } from '../../io/input-error.js';
import { formatSize } from '../../io/size.js';
import { STRATEGIES, type Strategy } from '../../strategy/index.js';

export interface DroppedFile {
  /** Its name, below the folder that was dropped where one was: `load-small/trace.txt`. */
  name: string;
  bytes: Uint8Array;
}

export interface DroppedReplay {
  scenario: Scenario;
  /** As the kernel did it. */
  kernel: Replay;
  /** As each strategy would have done it. */
  strategies: { strategy: Strategy; replay: StrategyReplay }[];
}

export interface DroppedCapture {
  imported: Import;
  /** null where there is no trace. */
  replayed: DroppedReplay | null;
}

/** Folder of what an import writes, and of nothing that was dropped. */
const OUTPUT = '/imported';
const DROPPED = '.';
/** A page has less room than a process. */
export const MOST_BYTES = 2 ** 30;

/**
 * Imports files as `linmap import` does and replays their trace, where there is one, as the kernel did it and as each
 * strategy would have.
 * @param report is told what is being done
 * @throws InputError as `linmap import` and `linmap replay` do, naming files as they are called
 */
export async function importFiles(
  files: readonly DroppedFile[],
  given: Given,
  report: (text: string) => void = () => {},
): Promise<DroppedCapture> {
  try {
    const imported = await importCapture(place(files), OUTPUT, {
      given,
      probes: new Map(),
      limits: { ...ARCHIVE_LIMITS, maxBytes: MOST_BYTES },
      force: false,
      report,
    });
    if (imported.trace === null) return { imported, replayed: null };
    report('replaying the trace');
    const scenario = await streamScenario(OUTPUT);
    return { imported, replayed: replayAll(scenario) };
  } finally {
    for (const path of [OUTPUT, ...topNames(files)]) rmSync(path, { recursive: true, force: true });
  }
}

/** Puts the files where an import finds them. Returns what a person would have named: files, or the folders of them. */
function place(files: readonly DroppedFile[]) {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const [first] = files;
  if (bytes > MOST_BYTES && first !== undefined) {
    const [most, found] = [formatSize(MOST_BYTES), formatSize(bytes)];
    throw new InputError(
      first.name,
      null,
      `expected at most ${most} in a page, found ${found}: run linmap import`,
    );
  }
  for (const file of files) {
    const path = join(DROPPED, file.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.bytes);
  }
  return topNames(files).map((path) => ({ path, role: null }));
}

function topNames(files: readonly DroppedFile[]): string[] {
  return [...new Set(files.map(({ name }) => name.split('/')[0] ?? name))];
}

function replayAll(scenario: Scenario): DroppedReplay {
  const core = new Core();
  try {
    const kernel = replay(core, scenario);
    const strategies = STRATEGIES.map((strategy) => ({
      strategy,
      replay: replayAs(core, scenario, strategy),
    }));
    return { scenario, kernel, strategies };
  } catch (error) {
    // As the command line has it: what cannot exist is the captured map's fault.
    if (core.raw.outOfMemory.value !== 0) {
      throw new InputError('before.map.json', null, 'expected page tables of at most 4 GiB, found more');
    }
    if (error instanceof RangeError) throw new InputError('before.map.json', null, error.message);
    throw error;
  }
}
