// The record of the run as a file that the page itself holds.
import { gzipSync } from 'node:zlib';
import { formatSize } from '../../io/size.js';
import type { Run } from '../../record/run.js';
import { html, type Markup } from './html.js';

/** Everything that the page shows, whole; gzipped, as every command of linmap reads it. */
export function downloads(run: Run): Markup {
  const packed = gzipSync(JSON.stringify(run), { level: 9 });
  const kibibytes = Math.max(1, Math.round(packed.length / 1024));
  return html`<p>The record of this run (<code>${run.schema}</code>, docs/json.md) holds every number of this page and more. Commands of linmap read it as it is: <code>linmap report run.json.gz</code> makes this page anew, <code>linmap compare</code> and <code>linmap export</code> take it as well.</p>
<p><a class="button" download="run.json.gz" href="data:application/gzip;base64,${packed.toString('base64')}">Download run.json.gz (${formatSize(kibibytes * 1024)})</a></p>`;
}
