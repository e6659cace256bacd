// The linear map of a captured machine before its trace and after, and a table of the moments in between.
import { formatSize } from '../../io/size.js';
import { bitsOfFrames, type MapFrame, type MapFramesRecord, mapOfFrame } from '../../record/map-frames.js';
import { LEAF_SIZES, leafName } from '../leaf-size.js';
import { formatCount, formatSizeChange } from '../number.js';
import { drawMap } from '../picture/draw-map.js';
import { type MapPicture, mapPicture } from '../picture/map-picture.js';
import { svgOf } from '../picture/svg.js';
import type { Table } from '../table.js';
import { html, Markup, withoutControls } from './html.js';
import { htmlTable } from './table-html.js';

/** The picture of one frame; the app draws the same for every position of its slider. */
export function framePicture(record: MapFramesRecord, frame: MapFrame): MapPicture {
  return mapPicture(mapOfFrame(record, frame), bitsOfFrames(record), {
    name: `${record.machine}/${record.scenario}, ${momentOf(frame)}`,
  });
}

/** The app hides the two pictures and puts one with a slider in their place. */
export function mapFigure(record: MapFramesRecord): Markup {
  const first = record.frames[0];
  const last = record.frames.at(-1);
  if (first === undefined || last === undefined) return html``;
  const picture = (frame: MapFrame, at: number, name: string) => {
    const drawn = framePicture(record, frame);
    return html`<h3>${name}</h3>
<div class="stage" tabindex="0" role="group" aria-label="Picture: ${name}" data-frame="${at}">
${new Markup(withoutControls(svgOf(drawMap(drawn), `${name}: ${drawn.title}. ${drawn.caption}.`)))}</div>
`;
  };
  return html`<figure class="map" id="map-frames" data-map="${record.machine}/${record.scenario}">
<figcaption><strong>${finding(record, first, last)}</strong> <span class="quiet">${record.machine}/${record.scenario}. One cell of the picture is one piece of memory, coloured by the size of the leaves that map it; addresses grow from left to right and from top to bottom. Exact: each picture is the whole map at that moment.</span></figcaption>
<div class="map-app"></div>
<div class="frames">
${picture(first, 0, 'Before the trace')}${picture(last, record.frames.length - 1, 'After the trace')}</div>
<details><summary>Table: the map over the trace</summary>
${htmlTable(framesTable(record))}
</details>
</figure>
`;
}

/** A row for each frame: what the map is made of, and what was counted up to then. */
function framesTable(record: MapFramesRecord): Table {
  const sizes = LEAF_SIZES.filter((size) =>
    record.frames.some((frame) => bytesOf(record, frame)[size] !== undefined),
  );
  return {
    title: `The linear map of ${record.machine} over ${record.scenario}: bytes by leaf size`,
    columns: [
      { heading: 'after calls', align: 'right' },
      { heading: 'seconds', align: 'right' },
      ...sizes.map((size) => ({ heading: leafName(record.granule, size), align: 'right' as const })),
      { heading: 'table memory', align: 'right' },
      { heading: 'splits', align: 'right' },
      { heading: 'TLBI', align: 'right' },
    ],
    rows: record.frames.map((frame) => {
      const bytes = bytesOf(record, frame);
      return [
        formatCount(frame.calls),
        frame.seconds === null ? '–' : frame.seconds.toFixed(3),
        ...sizes.map((size) => formatSize(bytes[size] ?? 0)),
        formatSize(frame.tableBytes),
        formatCount(frame.splits),
        formatCount(frame.tlbi),
      ];
    }),
    notes: [
      'Calls: all of the trace, those that leave the linear map as it is included. Moments at which nothing is new are left out.',
    ],
  };
}

function bytesOf(record: MapFramesRecord, frame: MapFrame): Partial<Record<string, number>> {
  const { legend } = framePicture(record, frame);
  return Object.fromEntries(legend.map(({ size, bytes }) => [size, bytes]));
}

function finding(record: MapFramesRecord, first: MapFrame, last: MapFrame): string {
  const [before, after] = [bytesOf(record, first), bytesOf(record, last)];
  const below = (bytes: Partial<Record<string, number>>) => (bytes.pte ?? 0) + (bytes.pteCont ?? 0);
  return (
    `${formatCount(last.splits)} splits in ${formatCount(last.calls)} calls: memory in leaves smaller than a block goes ` +
    `from ${formatSize(below(before))} to ${formatSize(below(after))}, table memory changes by ${formatSizeChange(last.tableBytes - first.tableBytes)}.`
  );
}

function momentOf({ calls }: MapFrame): string {
  return calls === 0 ? 'before the trace' : `after ${formatCount(calls)} calls`;
}
