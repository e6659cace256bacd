// node:crypto as far as digests and names of temporary files go.
import { Buffer } from 'node:buffer';
import { sha256 } from '@noble/hashes/sha2.js';

/** SHA-256 of what is given piece by piece. */
class Hash {
  readonly #hash = sha256.create();

  update(data: string | Uint8Array): this {
    this.#hash.update(typeof data === 'string' ? Buffer.from(data) : data);
    return this;
  }

  digest(encoding: 'hex'): string {
    return Buffer.from(this.#hash.digest()).toString(encoding);
  }
}

export type { Hash };

export function createHash(algorithm: 'sha256'): Hash {
  if (algorithm !== 'sha256') throw new Error(`${algorithm} is not here`);
  return new Hash();
}

export function randomBytes(length: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(length)));
}
