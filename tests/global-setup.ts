import { build } from '../scripts/build.mjs';

/**
 * Builds what is stale, once, before any worker starts: the tests load build/*.wasm and run the command line from dist/.
 * Type errors are reported and left to `npm run typecheck`, so that one file's error does not hide every test's result.
 */
export default async function setup(): Promise<void> {
  await build({ allowTypeErrors: true });
}
