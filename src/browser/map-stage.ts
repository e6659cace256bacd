// The picture of a map in a box that scrolls where the window is narrower.
import { html, Markup } from '../report/page/html.js';
import { drawMap } from '../report/picture/draw-map.js';
import type { MapPicture } from '../report/picture/map-picture.js';
import { svgOf } from '../report/picture/svg.js';

/** @param name what it is the picture of */
export function mapStage(picture: MapPicture, name: string): Markup {
  const drawn = svgOf(drawMap(picture), `${picture.title}. ${picture.caption}.`);
  return html`<div class="stage" tabindex="0" role="group" aria-label="Picture: ${name}">${new Markup(drawn)}</div>`;
}
