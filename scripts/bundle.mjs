import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const browser = join(root, 'src/browser');

/** What stands for modules of Node in a page. Any other makes the bundle fail: nothing there could answer it. */
const IN_PLACE_OF_NODE = {
  buffer: 'buffer/',
  crypto: './node/crypto.ts',
  events: 'events/',
  fs: './node/fs.ts',
  'fs/promises': './node/fs-promises.ts',
  path: 'path-browserify',
  stream: './node/stream.ts',
  'stream/promises': './node/stream.ts',
  string_decoder: './node/absent.ts',
  'timers/promises': './node/timers-promises.ts',
  zlib: './node/zlib.ts',
};

/** @type {import('esbuild').Plugin} */
const inPlaceOfNode = {
  name: 'in place of Node',
  setup({ onLoad, onResolve, resolve: find }) {
    for (const [name, replacement] of Object.entries(IN_PLACE_OF_NODE)) {
      const filter = new RegExp(`^(?:node:)?${name}$`);
      onResolve({ filter }, ({ kind }) => find(replacement, { resolveDir: browser, kind }));
    }
    onResolve({ filter: /^minizlib$/ }, () => ({ path: join(browser, 'node/absent.ts') }));
    onResolve({ filter: /\/module\.js$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path) === join(root, 'src/core/module.js')
        ? { path: join(browser, 'module.ts') }
        : undefined,
    );
    // A third of the bundle, never asked for: messages here are linmap's own.
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {};' }));
  },
};

/** Something in the sources cannot be bundled; the message is esbuild's. */
export class BundleError extends Error {}

/**
 * Bundles TypeScript of this repository for browsers: minified, self-contained, for what browsers of 2022 know.
 * @param {{ entry: string, outfile: string, format?: 'iife' | 'esm' }} options
 * @returns {Promise<void>}
 * @throws {BundleError} with esbuild's messages, warnings included
 */
export async function bundle({ entry, outfile, format = 'iife' }) {
  const { warnings } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    format,
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'eof',
    inject: [join(browser, 'node/globals.ts')],
    plugins: [inPlaceOfNode],
    logLevel: 'silent',
  }).catch((error) => {
    throw new BundleError(error instanceof Error ? error.message : String(error));
  });
  if (warnings.length > 0) throw new BundleError(warnings.map(({ text }) => text).join('\n'));
}
