import { expect, test } from 'vitest';
import { withCircles } from '../../src/report/charts/svg-circles.js';

const CURVES = 64;
/** A closed path of curves around (30.5, 40), `squeeze` times as high as wide. */
function around(squeeze: number): string {
  const at = (step: number) => {
    const angle = (2 * Math.PI * step) / (2 * CURVES);
    return `${(30.5 + 8 * Math.cos(angle)).toFixed(2)} ${(40 + 8 * squeeze * Math.sin(angle)).toFixed(2)}`;
  };
  const curves = Array.from({ length: CURVES }, (_, i) => `Q${at(2 * i + 1)} ${at(2 * i + 2)}`);
  return `<path fill="none" d="M${at(0)}${curves.join('')}Z" stroke="red"/>`;
}

test('a path of curves around one point is a circle', () => {
  expect(withCircles(`<g>${around(1)}</g>`)).toBe(
    '<g><circle fill="none" cx="30.5" cy="40" r="8" stroke="red"/></g>',
  );
});

test('an ellipse, dashes and short paths stay what they are', () => {
  const dashes = `<path d="${'M1 2L3 4L3 5L1 2Z'.repeat(60)}"/>`;
  for (const path of [around(0.9), dashes, '<path d="M1 2Q3 4 5 6Z"/>']) expect(withCircles(path)).toBe(path);
});
