// Events that were lost and leave no mark in the trace itself.
import { appendFileSync } from 'node:fs';
import type { TraceSummary } from '../trace/event.js';
import { lossText } from '../trace/tracefs-text.js';
import type { Manifest } from './manifest.js';

/**
 * Adds a mark to the end of a copied trace where the capture script counted more losses than the trace shows: probes that
 * could not run, buffers that were full after the last event. A replay then claims as little as it may.
 */
export function addLosses(copy: string, trace: TraceSummary, manifest: Manifest | null): TraceSummary {
  const unmarked = (manifest?.lost ?? 0) - trace.lostEvents;
  if (unmarked <= 0) return trace;
  appendFileSync(copy, `# The capture script counted these, somewhere above.\n${lossText(unmarked)}`);
  return { ...trace, lost: [...trace.lost, trace.lines + 2], lostEvents: trace.lostEvents + unmarked };
}
