/** The two builds of the core: what ships, and the one that checks its own assertions. */
import { Core } from '../../src/core/core.js';
import { instantiateFile } from '../../src/core/module.js';

export function releaseCore(): Core {
  return new Core();
}

export function debugCore(): Core {
  const abort = (_message: number, _file: number, line: number, column: number): never => {
    throw new Error(`an assertion of the core failed at line ${line}, column ${column}`);
  };
  return new Core(instantiateFile('core.debug.wasm', { env: { abort } }));
}
