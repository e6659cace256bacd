// Instances that are used again. The memory of a new one comes from the system page by page, and goes back so when it
// is collected, which costs more than most of what is computed in it.
import { type CoreExports, instantiate } from './module.js';

/** Of all memories that wait; what is given back beyond that is left to be collected. */
const MOST_BYTES = 2 ** 29;

/** Instances for one kind of work. Whoever takes one has to bring it to a known state. */
export class InstancePool {
  readonly #waiting: WebAssembly.Instance[] = [];
  #bytes = 0;

  /** One that was given back, with the memory as it was left, or a new one. */
  take(): WebAssembly.Instance {
    const instance = this.#waiting.pop();
    if (instance === undefined) return instantiate();
    this.#bytes -= bytesOf(instance);
    return instance;
  }

  /** Nobody uses it from now on. */
  giveBack(instance: WebAssembly.Instance): void {
    const bytes = bytesOf(instance);
    if (this.#bytes + bytes > MOST_BYTES) return;
    this.#waiting.push(instance);
    this.#bytes += bytes;
  }
}

function bytesOf({ exports }: WebAssembly.Instance): number {
  return (exports as unknown as CoreExports).memory.buffer.byteLength;
}
