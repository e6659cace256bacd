import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'vitest';

/** Changes the text of a file, gzipped or not. A change that finds nothing to change fails the test. */
export function editFile(file: string, change: (text: string) => string): void {
  const raw = readFileSync(file);
  const isGzipped = file.endsWith('.gz');
  const before = (isGzipped ? gunzipSync(raw) : raw).toString();
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(file, isGzipped ? gzipSync(after) : after);
}
