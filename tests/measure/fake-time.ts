import type { Clock } from '../../src/measure/clock.js';

/** Time that stands still until work says that it has taken some. */
export class FakeTime {
  now = 1000;
  readonly clock: Clock = () => this.now;

  pass(ms: number): void {
    this.now += ms;
  }
}
