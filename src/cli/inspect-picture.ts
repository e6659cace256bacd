// The picture of an inspected map as a file.
import type { AnyMap } from '../capture/any-map.js';
import { writeWhole } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import type { LeafBits } from '../map/descriptor-fields.js';
import { filterMap, type MapFilter } from '../map/filter.js';
import { normalise } from '../map/linear-map.js';
import { drawMap } from '../report/picture/draw-map.js';
import { mapPicture } from '../report/picture/map-picture.js';
import { pngOf } from '../report/picture/png.js';
import { svgOf } from '../report/picture/svg.js';

/**
 * Draws the map, or the part of it in the filter's range. Leaves that other filters leave out are drawn: as holes they
 * would look as if nothing were mapped there.
 * @param file ends in `.png` or `.svg`
 * @throws InputError where the file cannot be written, or a PNG cannot be drawn for want of a canvas
 */
export async function writePicture(
  file: string,
  source: AnyMap,
  { range }: MapFilter,
  bits: LeafBits,
): Promise<void> {
  const { name, map, showsPhysical } = source;
  const picture = mapPicture(filterMap(normalise(map), range === undefined ? {} : { range }, bits), bits, {
    name,
    showsPhysical,
  });
  const drawing = drawMap(picture);
  if (file.toLowerCase().endsWith('.svg')) {
    writeWhole(file, svgOf(drawing, picture.title));
    return;
  }
  let png: Uint8Array;
  try {
    png = await pngOf(drawing);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new InputError(file, null, `expected a canvas to draw on (FILE.svg needs none), found ${reason}`);
  }
  writeWhole(file, png);
}
