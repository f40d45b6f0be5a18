/**
 * Time that a test owns.
 *
 * @example
 * ```ts
 * const clock = new VirtualClock();
 * const target = new ServerSentEventStreamTarget({ heartbeat: new Heartbeat(clock) });
 * clock.advance(15_000); // the target sends its sign of life, and nobody has waited
 * ```
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";

const START = Date.UTC(2000, 0, 1);

/** A clock that stands still until it is told to go on. */
export class VirtualClock implements Clock {
  #now = 0;
  #waiting: { at: number; callback: () => void }[] = [];

  /** How many callbacks wait. */
  get timers(): number {
    return this.#waiting.length;
  }

  now(): number {
    return this.#now;
  }

  /** The time of day, which begins with the year 2000. */
  date(): number {
    return START + this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const entry = { at: this.#now + delayMs, callback };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  /** Lets `ms` pass, and runs what falls due meanwhile, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  #next(end: number): { at: number; callback: () => void } | undefined {
    return this.#waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
