/** The two builds of the core: what ships, and the one that checks its own assertions. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Core } from '../../src/core/core.js';
import { modulePath } from '../../src/core/module.js';

export function releaseCore(): Core {
  return new Core();
}

export function debugCore(): Core {
  const abort = (_message: number, _file: number, line: number, column: number): never => {
    throw new Error(`an assertion of the core failed at line ${line}, column ${column}`);
  };
  const module = new WebAssembly.Module(readFileSync(join(dirname(modulePath()), 'core.debug.wasm')));
  return new Core(new WebAssembly.Instance(module, { env: { abort } }));
}
