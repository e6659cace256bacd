// Walk: random addresses to their physical addresses. Both sides get 1024 addresses a call, two words each, and
// write as many packed words. Every batch has new addresses, so that no cache learns them.
import type { Core } from '../../src/core/core.js';
import { highWord, lowWord } from '../../src/io/address.js';
import { bootLinearMap } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import type { Batch } from '../../src/measure/sample.js';
import { type Batches, type HotPathCase, newPair, PAGE, requireEqualCounts, tablesOfPages } from './case.js';
import { randomBelow } from './random.js';
import { mapRange } from './twin/build.js';
import type { TwinMap } from './twin/linear-map.js';
import { walkBatch } from './twin/walk.js';

/** Addresses of one call: what the core has room for. */
const CALL = 1024;
const CALLS = 64;
const SEED = 0x9e3779b9;

/** A batch that can show the translations of its last call. */
interface Walks extends Batch {
  readonly results: Uint32Array;
}

/** Random walks over `memory` bytes, mapped by pages or by blocks. All tables are stored. */
export function walkCase(title: string, memory: number, leaves: 'pages' | 'blocks'): HotPathCase {
  return { path: 'walk', title, operation: 'walk', start: () => start(memory, leaves === 'pages') };
}

function start(memory: number, asPages: boolean): Batches {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory, bbml2: !asPages });
  const { core, map } = newPair(asPages ? tablesOfPages(memory) : 4);
  bootLinearMap(core, machine, 'mapped', { storeUniformTables: true });
  mapRange(map, 0, 0, memory / PAGE, { noBlock: asPages, noCont: asPages });
  requireEqualCounts(core, map);

  const wasm = wasmWalks(core, addresses(memory, machine.pageOffset));
  const typescript = typescriptWalks(map, addresses(memory, machine.pageOffset));
  requireEqualTranslations(wasm, typescript);
  return { wasm, typescript };
}

/** Handing the addresses over is part of what a walk in WASM costs. */
function wasmWalks({ raw }: Core, { calls, draw }: Addresses): Walks {
  const from = raw.walkBuffer();
  const to = from + 8 * CALL;
  const input = new Uint32Array(raw.memory.buffer, from, 2 * CALL);
  return {
    operations: CALL * CALLS,
    prepare: draw,
    run() {
      for (const words of calls) {
        input.set(words);
        raw.walkBatch(from, to, CALL);
      }
    },
    results: new Uint32Array(raw.memory.buffer, to, 2 * CALL),
  };
}

function typescriptWalks(map: TwinMap, { calls, draw }: Addresses): Walks {
  const results = new Uint32Array(2 * CALL);
  return {
    operations: CALL * CALLS,
    prepare: draw,
    run() {
      for (const words of calls) walkBatch(map, words, results, CALL);
    },
    results,
  };
}

interface Addresses {
  /** The addresses of each call, two words an address. */
  readonly calls: readonly Uint32Array[];
  /** Draws them anew. */
  readonly draw: () => void;
}

function addresses(memory: number, pageOffset: number): Addresses {
  const words = new Uint32Array(2 * CALL * CALLS);
  const calls = Array.from({ length: CALLS }, (_, i) => words.subarray(2 * CALL * i, 2 * CALL * (i + 1)));
  const page = randomBelow(memory / PAGE, SEED);
  const low = lowWord(pageOffset);
  const high = highWord(pageOffset);
  const draw = () => {
    for (let at = 0; at < words.length; at += 2) {
      const drawn = page();
      words[at] = low + (drawn << 12);
      words[at + 1] = high + (drawn >>> 20);
    }
  };
  return { calls, draw };
}

/** One batch of each, from the same seed. @throws Error where an address is translated differently or not at all. */
function requireEqualTranslations(wasm: Walks, typescript: Walks): void {
  for (const walks of [wasm, typescript]) {
    walks.prepare?.();
    walks.run();
  }
  for (const [i, word] of wasm.results.entries()) {
    if (word !== typescript.results[i])
      throw new Error(`WASM and TypeScript translate address ${i >> 1} differently`);
    if (i % 2 === 1 && word === 0) throw new Error(`address ${i >> 1} is not mapped`);
  }
}
