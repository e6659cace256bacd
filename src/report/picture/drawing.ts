// A picture as shapes, for whatever draws them. Lengths are CSS pixels, y downwards.

interface Rect {
  kind: 'rect';
  x: number;
  y: number;
  width: number;
  height: number;
  fill: string;
}

export interface Lines {
  kind: 'lines';
  /** x1, y1, x2, y2 of each line. */
  ends: number[];
  stroke: string;
  width: number;
}

export interface Text {
  kind: 'text';
  x: number;
  /** Of the baseline. */
  y: number;
  text: string;
  size: number;
  bold: boolean;
  anchor: 'start' | 'middle' | 'end';
  fill: string;
}

export type Shape = Rect | Lines | Text;

export interface Drawing {
  width: number;
  height: number;
  /** In the order in which they cover each other. */
  shapes: Shape[];
}
