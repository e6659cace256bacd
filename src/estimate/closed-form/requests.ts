// How one unit is asked for, as far as chance is concerned.

/** Requests for one unit of a level. Times are in accesses. */
export interface Requests {
  /** For each access. */
  rate: number;
  /** From one request to the next at least. */
  apart: number;
  /** Accesses after which all requests come again, where the stream has laps; else Infinity. */
  lap: number;
}

/** Probability that the unit was asked for within `time`. */
export function probablyAsked(requests: Requests, time: number): number {
  const { rate, apart, lap } = requests;
  if (apart === 0) return 1 - notAskedFor(rate, time, lap, 0);
  const later = time > apart ? (1 - rate * apart) * -Math.expm1(-decay(requests) * (time - apart)) : 0;
  return rate * Math.min(time, apart) + later;
}

/** Probability that a unit that is asked for now was not within `time` before. */
export function probablyForgotten(requests: Requests, time: number): number {
  const { rate, apart, lap } = requests;
  if (apart === 0) return notAskedFor(rate, time, lap, 1);
  return time > apart ? Math.exp(-decay(requests) * (time - apart)) : 1;
}

/**
 * Without laps requests are independent. In a lap a unit has a number of places, of which one may be `known`; after a
 * lap all have been asked for.
 */
function notAskedFor(rate: number, time: number, lap: number, known: 0 | 1): number {
  if (lap === Infinity) return Math.exp(-rate * time);
  return time < lap ? (1 - time / lap) ** Math.max(0, rate * lap - known) : 0;
}

/** Of the time beyond `apart`, so that there are 1 / rate accesses from one request to the next on average. */
function decay({ rate, apart }: Requests): number {
  return rate / (1 - rate * apart);
}
