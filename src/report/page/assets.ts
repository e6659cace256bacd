// What a page is made of beside its text: the script of dist/browser/, the styles, the core.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modulePath } from '../../core/module.js';
import { packageFile } from '../../io/package-file.js';
import type { PageAssets } from './page.js';
import { STYLE } from './style.js';

const SCRIPT = 'dist/browser/app.js';

/** @returns the assets, and what is missing of them as one sentence without its full stop, or null */
export function readPageAssets(): { assets: PageAssets; missing: string | null } {
  const wasm = readFileSync(modulePath());
  const script = packageFile(SCRIPT);
  if (script === null) {
    return {
      assets: { script: '', style: STYLE, wasm },
      missing: `${SCRIPT} is missing: the page has no script (npm run build makes it)`,
    };
  }
  const own = join(script, '..', 'app.css');
  const style = existsSync(own) ? `${STYLE}\n${readFileSync(own, 'utf8')}` : STYLE;
  return { assets: { script: readFileSync(script, 'utf8'), style, wasm }, missing: null };
}
