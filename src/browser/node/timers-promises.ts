// node:timers/promises: a turn of the event loop, in which the page can be drawn.
export function setImmediate(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
