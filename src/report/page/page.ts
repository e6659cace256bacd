// The whole of a run as one HTML file: nothing is loaded from anywhere, and without a script it can still be read.
import type { Run } from '../../record/run.js';
import { chartsOf } from '../charts/catalogue.js';
import { type Chapter, chaptersOf } from './chapters.js';
import { drawnPart } from './drawn-part.js';
import { html, Markup, scriptJson } from './html.js';

export interface PageAssets {
  /** The app as one classic script; empty for a page without. */
  script: string;
  style: string;
  /** The core, for what the page computes itself. */
  wasm: Uint8Array;
  /** SVG documents of charts without their words, by id: for print, and where no script draws. */
  stills?: ReadonlyMap<string, string>;
  /** Markup at the end of the body, and where the page may ask: only for a page that is served. */
  live?: { script: string };
}

/** The page as a document. Never longer than the record, the script and the stills make it: under 3 MB. */
export function reportPage(run: Run, assets: PageAssets): string {
  const byScript = assets.script !== '';
  const chapters = chaptersOf({ run, charts: chartsOf(run), byScript, stills: assets.stills ?? new Map() });
  return html`<!DOCTYPE html>
<html lang="en"${byScript ? null : html` class="no-app"`}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${titleOf(run)}</title>
<link rel="icon" href="data:,">
<style>
${new Markup(assets.style.replaceAll('</', '<\\/'))}
</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>What it costs to change the arm64 linear map</h1>
<p class="quiet">linmap ${run.version}, ${run.time.slice(0, 10)}${run.options.quick ? ', a quick run: fewer samples, shorter streams' : ''}${run.options.filter === null ? '' : `, only what matches ${run.options.filter}`}</p>
</header>
<div class="columns">
<nav aria-label="Contents"><h2 id="contents">Contents</h2>
<ol>${chapters.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ol>
</nav>
<main id="content" tabindex="-1">
${chapters.map(section)}
</main>
</div>
<footer><p class="quiet">One file, no network. Made by linmap from a record; numbers repeat with <code>npm run bench</code>.</p></footer>
${byScript ? scripts(run, assets) : null}
${assets.live === undefined ? null : script(assets.live.script)}
</body>
</html>
`.text;
}

function titleOf({ time }: Run): string {
  return `linmap: permission changes of the arm64 linear map, ${time.slice(0, 10)}`;
}

function section({ id, title, body }: Chapter): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}

function scripts(run: Run, { script: app, wasm }: PageAssets): Markup {
  return html`<script type="application/json" id="run">${scriptJson(drawnPart(run))}</script>
<script type="application/wasm-base64" id="core-wasm">${Buffer.from(wasm).toString('base64')}</script>
${script(app)}`;
}

/** Minified code has `</script` in strings only, where the backslash changes nothing. */
function script(code: string): Markup {
  return new Markup(
    `<script>${code.replace(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '<\\!--')}</script>`,
  );
}

/** The browser itself sees to it that nothing is loaded: what the policy does not name is refused. */
function policy({ live }: PageAssets): string {
  return [
    "default-src 'none'",
    "script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:",
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'worker-src blob:',
    live === undefined ? "connect-src 'none'" : "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
}
