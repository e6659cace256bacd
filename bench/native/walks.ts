// Walks of random addresses. In WASM and in C they go through a buffer of 1024 addresses, which is copied into.
import { highWord, lowWord } from '../../src/io/address.js';
import { formatSize } from '../../src/io/size.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import type { Batch } from '../../src/measure/sample.js';
import { PAGE, tablesOfPages } from '../hot-path/case.js';
import { randomBelow } from '../hot-path/random.js';
import { mapRange } from '../hot-path/twin/build.js';
import { walkBatch } from '../hot-path/twin/walk.js';
import { type Contest, checksum, EMPTY_CHECKSUM, type NativeCase, NativePair } from './contest.js';
import { bytesOf } from './twin.js';

/** Addresses of one call: what the core has room for. */
const CALL = 1024;
const SEED = 0x9e3779b9;
/**
 * Long against the clock, and for tables that fit no cache long against what the other implementation has thrown out of
 * the caches in its turn: short against other work on the machine.
 */
const BATCH = { inCache: 2 ** 18, inDram: 2 ** 20 };
/** Addresses before the first comes again: their descriptors fit no cache. */
const POOL = 2 ** 21;

type How = 'each' | 'batch';

export interface WalkOptions {
  /** In WASM; and in C, where `against` says nothing else. */
  how: How;
  against?: How;
  memory: number;
  leaves: 'pages' | 'blocks';
  target: number;
}

export function walks({ how, against = how, memory, leaves, target }: WalkOptions): NativeCase {
  const size = `${formatSize(memory)} of ${leaves === 'pages' ? 'pages' : '1 GiB blocks'}`;
  const manner = how === 'each' ? 'random walks one by one' : 'random walks in batches';
  return {
    path: 'walk',
    title: `${manner} over ${size}`,
    operation: 'walk',
    ...(against !== how ? { against: 'C one by one' } : {}),
    target,
    start: (twin) => start(new NativePair(twin), { how, against, memory, leaves }),
  };
}

async function start(
  pair: NativePair,
  { how, against, memory, leaves }: Omit<Required<WalkOptions>, 'target'>,
): Promise<Contest> {
  const asPages = leaves === 'pages';
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory, bbml2: !asPages });
  const stored = { storeUniformTables: true };
  const flags = { noBlock: asPages, noCont: asPages };
  const mapping = { pa: 0, va: machine.pageOffset, size: memory, flags };
  pair.resetCore(machine, stored);
  pair.mapInCore(mapping);
  await pair.resetTwin(machine, stored);
  await pair.mapInTwin(mapping);
  await pair.requireEqual();

  const words = addresses(memory, machine.pageOffset);
  await pair.twin.ask(['addresses', POOL], bytesOf(words));
  await requireEqualTranslations(pair, how, against, words);

  const operations = memory > 2 ** 31 && asPages ? BATCH.inDram : BATCH.inCache;
  const { raw } = pair.core;
  const from = raw.walkBuffer();
  const to = from + 8 * CALL;
  const input = new Uint32Array(raw.memory.buffer, from, 2 * CALL);
  const ours = new Turn(words, operations);
  const theirs = new Turn(words, operations);
  return {
    wasm: {
      operations,
      run() {
        const first = ours.next();
        for (let at = 2 * first; at < 2 * (first + operations); at += 2 * CALL) {
          input.set(words.subarray(at, at + 2 * CALL));
          if (how === 'each') raw.walkEach(from, to, CALL);
          else raw.walkBatch(from, to, CALL);
        }
      },
    },
    native: {
      async run() {
        const [ns] = await pair.twin.ask(['walk', against, theirs.next(), operations]);
        return ns as number;
      },
    },
    ...(how === 'batch' ? { typescript: typescriptWalks(pair, { memory, flags }, words, operations) } : {}),
  };
}

/** Goes through the addresses, a batch at a time. */
class Turn {
  #next = 0;

  constructor(
    private readonly words: Uint32Array,
    private readonly operations: number,
  ) {}

  /** The first address of the next batch. */
  next(): number {
    const first = this.#next;
    this.#next = 2 * (first + this.operations) >= this.words.length ? 0 : first + this.operations;
    return first;
  }
}

function typescriptWalks(
  pair: NativePair,
  { memory, flags }: { memory: number; flags: { noBlock: boolean; noCont: boolean } },
  words: Uint32Array,
  operations: number,
): Batch {
  const map = pair.typescriptMap(tablesOfPages(memory));
  mapRange(map, 0, 0, memory / PAGE, flags);
  const results = new Uint32Array(2 * CALL);
  const turn = new Turn(words, operations);
  return {
    operations,
    run() {
      const first = turn.next();
      for (let at = 2 * first; at < 2 * (first + operations); at += 2 * CALL) {
        walkBatch(map, words.subarray(at, at + 2 * CALL), results, CALL);
      }
    },
  };
}

function addresses(memory: number, pageOffset: number): Uint32Array {
  const words = new Uint32Array(2 * POOL);
  const page = randomBelow(memory / PAGE, SEED);
  const low = lowWord(pageOffset);
  const high = highWord(pageOffset);
  for (let at = 0; at < words.length; at += 2) {
    const drawn = page();
    words[at] = low + (drawn << 12);
    words[at + 1] = high + (drawn >>> 20);
  }
  return words;
}

/** @throws Error where the first addresses are translated differently */
async function requireEqualTranslations(
  { core, twin }: NativePair,
  how: How,
  against: How,
  words: Uint32Array,
): Promise<void> {
  const { raw } = core;
  const from = raw.walkBuffer();
  new Uint32Array(raw.memory.buffer, from, 2 * CALL).set(words.subarray(0, 2 * CALL));
  const found =
    how === 'each' ? raw.walkEach(from, from + 8 * CALL, CALL) : raw.walkBatch(from, from + 8 * CALL, CALL);
  if (found !== CALL) throw new Error(`${found} of ${CALL} addresses are mapped`);
  const ours = checksum(EMPTY_CHECKSUM, new Uint32Array(raw.memory.buffer, from + 8 * CALL, 2 * CALL));
  const [theirs] = await twin.ask(['translations', against, 0, CALL]);
  if (ours !== theirs) throw new Error('WASM and C translate addresses differently');
}
