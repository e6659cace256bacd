// Random numbers of the generators: the same in every run and on every machine.

const WORD = 2 ** 32;

/** Doty-Humphrey's sfc32 (PractRand): 128 bits of state, one of them a counter, so that no seed is a bad one. */
export class Random {
  #a: number;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** @param seed its low 32 bits count */
  constructor(seed: number) {
    this.#a = seed | 0;
    for (let i = 0; i < 12; i++) this.word();
  }

  /** A whole number of 32 bits. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1), 53 bits. */
  fraction(): number {
    return ((this.word() >>> 5) * 2 ** 26 + (this.word() >>> 6)) / 2 ** 53;
  }

  /** A whole number in [0, count), `count` up to 2^53. Below 2^16 one word is fair to 1 in 65,536. */
  below(count: number): number {
    return Math.floor(count <= 2 ** 16 ? (this.word() / WORD) * count : this.fraction() * count);
  }
}
