// Time as the measuring code sees it, so that tests can bring their own.

/** Milliseconds since some fixed moment; never goes back. */
export type Clock = () => number;

export const wallClock: Clock = () => performance.now();
