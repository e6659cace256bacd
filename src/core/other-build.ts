// Builds of the core other than the one in build/: a pinned reference, or a candidate that is compared with it.
import { Core } from './core.js';

export interface OtherBuild {
  /** A core on a new instance, with a memory of its own. */
  newCore(): Core;
  /** Constants that the newer build exports and this one does not; cores made of it have them as 0. */
  readonly missing: readonly string[];
}

/**
 * Compiles a build. Every call compiles anew, into machine code of its own.
 *
 * An older build lacks the names that were added since. A missing flag is 0, which sets nothing: such a build never
 * knew the flag. Anything else that is missing shows when it is used: the work then comes out differently, or throws.
 * @param newer a build whose constants this one is to have too
 * @throws WebAssembly.CompileError where the bytes are no module
 */
export function otherBuild(bytes: Uint8Array, newer?: Uint8Array): OtherBuild {
  const module = new WebAssembly.Module(withOwnCode(bytes));
  const missing = newer === undefined ? [] : constantsMissing(module, new WebAssembly.Module(copyOf(newer)));
  const zero = new WebAssembly.Global({ value: 'i32', mutable: false }, 0);
  const zeros = Object.fromEntries(missing.map((name) => [name, zero]));
  return {
    newCore: () => new Core({ exports: { ...new WebAssembly.Instance(module, {}).exports, ...zeros } }),
    missing,
  };
}

function constantsMissing(module: WebAssembly.Module, newer: WebAssembly.Module): string[] {
  const names = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  return WebAssembly.Module.exports(newer)
    .filter(({ kind, name }) => kind === 'global' && !names.has(name))
    .map(({ name }) => name);
}

let builds = 0;

/**
 * The module with a custom section that no other has. V8 gives modules of the same bytes the same machine code, and two
 * sides that share their code would not differ by where it lies, as two different builds do.
 */
function withOwnCode(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(`build ${builds++}`);
  const customSection = 0;
  const own = new Uint8Array(bytes.length + name.length + 3);
  own.set(bytes);
  own.set([customSection, name.length + 1, name.length, ...name], bytes.length);
  return own;
}

function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
