// The map of a captured machine over its trace: one picture and a slider in place of the first and the last picture.
import type { MapFramesRecord } from '../record/map-frames.js';
import { formatCount } from '../report/number.js';
import { html } from '../report/page/html.js';
import { framePicture } from '../report/page/map-figure.js';
import { mapStage } from './map-stage.js';

/** Fills `.map-app` of the figure and hides its `.frames`. */
export function startMapSlider(figure: HTMLElement, record: MapFramesRecord): void {
  const place = figure.querySelector<HTMLElement>('.map-app');
  const last = record.frames.length - 1;
  if (place === null || last < 1) return;
  place.innerHTML =
    html`<label for="map-moment">Moment of the trace<input id="map-moment" type="range" min="0" max="${last}" step="1" value="0"></label>
<p id="map-words" aria-live="polite"></p>
<div id="map-picture"></div>`.text;
  const slider = place.querySelector('#map-moment') as HTMLInputElement;
  const show = () => {
    const frame = record.frames[Number(slider.value)];
    if (frame === undefined) return;
    const picture = framePicture(record, frame);
    const time = frame.seconds === null ? '' : `, ${frame.seconds.toFixed(3)} s`;
    const moment = frame.calls === 0 ? 'Before the trace' : `After ${formatCount(frame.calls)} calls${time}`;
    const words = `${moment}: ${formatCount(frame.splits)} splits, ${formatCount(frame.tlbi)} TLBI. ${picture.title}.`;
    slider.setAttribute('aria-valuetext', moment);
    (place.querySelector('#map-words') as HTMLElement).textContent = words;
    const stage = place.querySelector('#map-picture') as HTMLElement;
    const left = stage.querySelector('.stage')?.scrollLeft ?? 0;
    stage.innerHTML = mapStage(picture, moment).text;
    stage.querySelector('.stage')?.scrollTo({ left });
  };
  slider.addEventListener('input', show);
  figure.classList.add('has-app');
  show();
}
