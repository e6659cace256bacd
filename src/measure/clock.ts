// Time as the measuring code sees it, so that tests can bring their own.

/** Milliseconds since some fixed moment; never goes back. */
export type Clock = () => number;

export const wallClock: Clock = () => performance.now();

/**
 * Time that this process has spent on CPUs, in steps of a microsecond: what others on the machine take is not in it.
 * Windows counts it in ticks of 15.6 ms.
 */
export const cpuClock: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
