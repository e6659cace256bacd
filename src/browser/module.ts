// The core of the page: compiled once from the bytes that the page holds. Takes the place of src/core/module.ts.
import type { CoreExports } from '../core/module.js';

export type { CoreExports };

let compiled: WebAssembly.Module | undefined;

/** Browsers refuse to compile larger modules at once on the page's own thread, so this is done beforehand. */
export async function compileCore(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  compiled = await WebAssembly.compile(bytes);
}

/** A new instance with a memory of its own. */
export function instantiate(): WebAssembly.Instance {
  if (compiled === undefined) throw new Error('compileCore() has not been called yet');
  return new WebAssembly.Instance(compiled, {});
}
