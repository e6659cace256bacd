// The place of a chart in the page: the finding, the picture, and the table behind a toggle.
import { type Chart, withoutWords } from '../charts/chart.js';
import { chartTable } from '../charts/chart-table.js';
import { html, type Markup } from './html.js';
import { htmlTable } from './table-html.js';

const KINDS: Readonly<Record<Chart['kind'], string>> = {
  exact: 'Exact: counted, the same on every machine.',
  estimated: 'Estimated: the assumptions are in the section on method.',
  measured: 'Measured on the machine of this run.',
};

/** How the charts of a page come to be seen. */
export interface Drawn {
  /** Whether a script draws on the canvases. */
  byScript: boolean;
  /** SVG documents by chart, for print and for readers without a script. */
  stills: ReadonlyMap<string, string>;
}

/** Its size is fixed before anything is drawn, so that nothing moves. */
export function chartFigure(chart: Chart, { byScript, stills }: Drawn): Markup {
  const { id, title, conditions, kind } = chart;
  const { width, height } = withoutWords(chart).size;
  const still = stills.get(id);
  const described = `${title}. ${conditions} The table after the picture has its values.`;
  // Without a picture the table is all there is to see.
  const open = byScript || still !== undefined ? null : html` open`;
  return html`<figure class="chart" id="chart-${id}" data-chart="${id}">
<figcaption><strong>${title}.</strong> <span class="quiet">${conditions} ${KINDS[kind]}</span></figcaption>
<div class="stage" tabindex="0" role="group" aria-label="Picture: ${title}">
${byScript ? html`<canvas width="${width}" height="${height}" style="aspect-ratio:${width}/${height}" role="img" aria-label="${described}"></canvas>` : null}
${still === undefined ? null : html`<img class="still" width="${width}" height="${height}" alt="${described}" src="${dataUrl(still)}">`}
</div>
<details${open}><summary>Table<span class="unseen">: ${title}</span></summary>
${htmlTable(chartTable(chart))}
</details>
</figure>
`;
}

/** Shorter than base64. Attributes of the drawing are in single quotes, so that the page's need no escaping. */
function dataUrl(svg: string): string {
  const quoted = svg.replaceAll("'", '&apos;').replaceAll('"', "'");
  return `data:image/svg+xml,${quoted.replace(/[%#<>\n]/g, (character) => encodeURIComponent(character))}`;
}
