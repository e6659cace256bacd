// What the page carries for its script: the record of the run and the core.
import type { Run } from '../record/run.js';

/** The record; null for a page without one. */
export function runOfPage(): Run | null {
  const text = document.getElementById('run')?.textContent;
  return text ? (JSON.parse(text) as Run) : null;
}

/** The WebAssembly module; null for a page without it. */
export function coreOfPage(): Uint8Array<ArrayBuffer> | null {
  const text = document.getElementById('core-wasm')?.textContent;
  return text ? Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0)) : null;
}
