import { describe, expect, it } from 'vitest';
import { ACCESS_CLASSES } from '../../../src/estimate/access.js';
import { describeStreams, openStream, STREAM_NAMES } from '../../../src/estimate/streams/index.js';
import { linearVa } from '../../../src/kernel/boot.js';
import type { Machine } from '../../../src/machine/machine.js';
import { bigPages, large, MACHINES, withHoles } from './machines.js';

function wordsOf(spec: string, machine: Machine, accesses: number, seed = 1): bigint[] {
  return [...openStream(spec, machine, { accesses, seed })].flatMap(({ words }) => [...words]);
}

/** PAs of the accesses of class 0. */
function pasOf(spec: string, machine: Machine, accesses: number, seed = 1): number[] {
  return wordsOf(spec, machine, accesses, seed)
    .filter((word) => (word & 6n) === 0n)
    .map((word) => Number(BigInt.asIntN(64, word & ~0xfffn)) - linearVa(machine, 0));
}

function isFree({ memory, image, kfence: { pool } }: Machine, pa: number): boolean {
  const bank = memory.find(({ start, size }) => pa >= start && pa < start + size);
  const inImage = image !== null && pa >= image.text && pa < image.bssStop;
  const inPool = pool !== null && pa >= pool.start && pa < pool.start + pool.size;
  return bank !== undefined && !bank.noMap && !inImage && !inPool;
}

const everywhere = STREAM_NAMES.flatMap((name) => MACHINES.map((machine) => ({ name, machine })));

describe.each(everywhere)('$name on $machine.name', ({ name, machine }) => {
  it('touches free memory of the linear map', () => {
    const wrong = pasOf(name, machine, 50_000).filter(
      (pa) => !isFree(machine, pa) || pa % machine.granule !== 0,
    );
    expect(wrong).toEqual([]);
  });

  it('is the same for the same seed, and for every iteration', () => {
    const stream = openStream(name, machine, { accesses: 20_000, seed: 5 });
    const first = [...stream].flatMap(({ words }) => [...words]);
    expect([...stream].flatMap(({ words }) => [...words])).toEqual(first);
    expect(wordsOf(name, machine, 20_000, 5)).toEqual(first);
    // A strided stream leaves nothing to chance.
    if (name !== 'strided') expect(wordsOf(name, machine, 20_000, 6)).not.toEqual(first);
  });

  it('has as many accesses as asked for', () => {
    for (const accesses of [0, 1, 17, 40_001])
      expect(wordsOf(name, machine, accesses)).toHaveLength(accesses);
  });
});

describe('a pattern', () => {
  const PAGE = 4096;

  it('sequential goes through scattered pages in the same order again', () => {
    const pas = pasOf('sequential:size=4M', large, 2048);
    expect(new Set(pas).size).toBe(1024);
    expect(pas.slice(1024)).toEqual(pas.slice(0, 1024));
    expect(pas.slice(1, 1024).filter((pa, i) => pa === (pas[i] ?? 0) + PAGE).length).toBeLessThan(10);
  });

  it('sequential keeps runs together, aligned, and repeats touches', () => {
    const pas = pasOf('sequential:size=4M,run=16,touches=2', withHoles, 2048);
    for (let i = 0; i < 2048; i += 32) {
      const start = pas[i] ?? 0;
      expect(start % (16 * PAGE)).toBe(0);
      expect(pas.slice(i, i + 32)).toEqual(Array.from({ length: 32 }, (_, k) => start + (k >> 1) * PAGE));
    }
  });

  it('strided goes over physically consecutive memory', () => {
    const pas = pasOf('strided:stride=1M,size=8M', large, 16);
    expect(pas).toEqual([...Array(16).keys()].map((i) => (i % 8) * 2 ** 20));
  });

  it('chase visits every page once a lap, in one order', () => {
    const pas = pasOf('chase:size=1M', large, 512);
    expect(new Set(pas.slice(0, 256)).size).toBe(256);
    expect(pas.slice(256)).toEqual(pas.slice(0, 256));
    expect(pas.slice(0, 256)).not.toEqual(pas.slice(0, 256).toSorted((a, b) => a - b));
  });

  it('uniform reaches every page about as often', () => {
    const touches = countsOf(pasOf('uniform:size=1M', large, 256_000));
    expect(touches.size).toBe(256);
    for (const count of touches.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });

  it.each([0.5, 0.99, 1, 1.5])('zipf has the popularity of exponent %d', (s) => {
    const accesses = 400_000;
    const byRank = [...countsOf(pasOf(`zipf:s=${s},size=4M`, large, accesses)).values()].sort(
      (a, b) => b - a,
    );
    let total = 0;
    for (let rank = 1; rank <= 1024; rank++) total += rank ** -s;
    for (const rank of [1, 2, 3, 10]) {
      const expected = (accesses * rank ** -s) / total;
      // Sorting by count swaps neighbours in rank: within 5 deviations and as much again.
      expect(Math.abs((byRank[rank - 1] ?? 0) - expected)).toBeLessThan(
        5 * Math.sqrt(expected) + expected * 0.05,
      );
    }
  });

  it('network comes back to the same sockets and heads, crypt to source and bounce page', () => {
    expect(countsOf(pasOf('network', large, 100_000)).size).toBeLessThan(15_000);
    const crypt = pasOf('crypt:kernel=0,user=0,code=0', large, 26);
    const [source, bounce] = [crypt[8], crypt[9]];
    expect(crypt.slice(8, 25)).toEqual([...Array(8).fill([source, bounce]).flat(), bounce]);
  });

  function countsOf(pas: readonly number[]): Map<number, number> {
    const counts = new Map<number, number>();
    for (const pa of pas) counts.set(pa, (counts.get(pa) ?? 0) + 1);
    return counts;
  }
});

describe('company', () => {
  it('comes in the shares asked for, each class in its part of the address space', () => {
    const words = wordsOf('uniform:kernel=0.5,user=0.25,code=1', large, 110_000);
    const counts = ACCESS_CLASSES.map(
      (_, i) => words.filter((word) => Number((word >> 1n) & 3n) === i).length,
    );
    [40_000, 20_000, 10_000, 40_000].forEach((expected, i) => {
      expect(Math.abs((counts[i] ?? 0) - expected)).toBeLessThan(3);
    });
    for (const word of words) {
      const inUserHalf = word >> 52n === 0n;
      expect(inUserHalf).toBe((word & 6n) === 4n);
    }
  });

  it('may be as much as a step allows', () => {
    const spec = 'crypt:touches=128,sectors=128,kernel=4,user=4,code=4';
    expect(wordsOf(spec, large, 60_000).every((word) => word !== 0n)).toBe(true);
  });

  it('counts instructions by the parameter', () => {
    const chunks = [...openStream('zipf:instructions=2.5', large, { accesses: 100_001, seed: 1 })];
    expect(chunks.reduce((sum, { instructions }) => sum + instructions, 0)).toBe(250_002);
    expect(chunks.every(({ instructions }) => Number.isInteger(instructions))).toBe(true);
  });
});

describe('a specification', () => {
  const failure = (spec: string, machine = large): string => {
    try {
      openStream(spec, machine, { accesses: 1, seed: 1 });
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      const { message } = error as RangeError;
      expect(message).not.toContain('\n');
      return message;
    }
    return '';
  };

  it('names a stream', () => {
    const names = 'sequential, uniform, zipf, strided, chase, network, crypt';
    expect(failure('zip')).toBe(`expected a stream (${names}), found 'zip'`);
    expect(failure('')).toBe(`expected a stream (${names}), found ''`);
    expect(failure('toString')).toContain("found 'toString'");
  });

  it('has parameters of the stream, each once, with a value', () => {
    const keys = 'stride=, size=, kernel=, user=, code=, instructions=';
    for (const item of ['run=1', 'size', 'size=1M=2', '', '__proto__=1']) {
      expect(failure(`strided:${item}`)).toBe(
        `stream strided: expected each of ${keys} at most once, found '${item}'`,
      );
    }
    expect(failure('strided:size=1M,size=1M')).toContain("found 'size=1M'");
  });

  it('has values that make sense', () => {
    expect(failure('zipf:s=abc')).toBe("stream zipf: s: expected a number such as 0.99, found 'abc'");
    expect(failure('zipf:s=0')).toBe("stream zipf: s: expected 0.01 to 10, found '0'");
    expect(failure('zipf:size=1X')).toBe(
      "stream zipf: size: expected a size such as 4096, 64K, 1.5G or 0x1000, found '1X'",
    );
    expect(failure('zipf:size=0')).toBe("stream zipf: size: expected 1 B to 4 PiB, found '0'");
    expect(failure('sequential:touches=1.5')).toBe(
      "stream sequential: touches: expected a whole number, found '1.5'",
    );
    expect(failure('strided:stride=6K')).toContain('expected a stride of whole pages');
  });

  it('fits the machine', () => {
    expect(failure('uniform:size=65G')).toBe(
      'uniform:size=65G: expected a working set of at most 64 GiB of free memory, found 65 GiB',
    );
    expect(failure('sequential:size=63.5G,run=1048576')).toBe('');
    expect(failure('uniform:size=3G,run=1024', withHoles)).toContain('of free memory in runs of 1024 pages');
    for (const name of STREAM_NAMES) expect(failure(name, bigPages)).toBe('');
  });

  it('is explained with every parameter and its default', () => {
    const lines = describeStreams();
    for (const name of STREAM_NAMES) expect(lines.some((line) => line.startsWith(`${name}: `))).toBe(true);
    expect(lines).toContain('  s=0.99  exponent');
    expect(lines.some((line) => line.startsWith('  stride=128K  '))).toBe(true);
    for (const line of lines) {
      expect(line.startsWith('  ')).toBe(/^ {2}\w+=[\d.]+[KMGT]? {2}\S/.test(line));
    }
  });
});
