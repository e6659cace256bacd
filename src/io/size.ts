const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const STEP = 1024;

/**
 * Bytes of a size as people write it: `4K`, `2M`, `1.5G`, `6TiB`, `4096`, `0x1000`.
 * Units are binary whether or not they say `i`; case does not matter.
 * @throws RangeError where it is no size, or no whole number of bytes a double holds exactly.
 */
export function parseSize(text: string): number {
  const bytes = hexBytes(text) ?? unitBytes(text);
  if (bytes === null) throw new RangeError('a size such as 4096, 64K, 1.5G or 0x1000');
  if (!Number.isSafeInteger(bytes)) throw new RangeError('a whole number of bytes below 2^53');
  return bytes;
}

/** Binary units, at most three decimals: `4 KiB`, `513.004 MiB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What three decimals would round up to 1024 belongs to the next unit.
  while (unit < UNITS.length - 1 && Number(Math.abs(value).toFixed(3)) >= STEP) {
    value /= STEP;
    unit++;
  }
  return `${Number(value.toFixed(3))} ${UNITS[unit]}`;
}

/** As `parseSize` reads it back exactly, in the largest unit that is whole: `256G`, `1536M`, `4097`. */
export function formatSizeArgument(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value > 0 && value % STEP === 0 && unit < UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  return `${value}${' KMGTP'[unit]}`.trim();
}

function hexBytes(text: string): number | null {
  return /^0x[0-9a-f]+$/i.test(text) ? Number(text) : null;
}

function unitBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text);
  if (match === null) return null;
  const exponent = ' kmgtp'.indexOf(match[2]?.toLowerCase() ?? ' ');
  return Number(match[1]) * STEP ** exponent;
}
