import { BuildError, build } from './build.mjs';

// Builds what is stale; --force builds everything. Silent when there is nothing to do.
try {
  await build({ force: process.argv.includes('--force') });
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(error.message);
  process.exitCode = 1;
}
