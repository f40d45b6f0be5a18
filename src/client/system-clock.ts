/**
 * Where time enters the client, so that its tests own it.
 *
 * @module
 */

/**
 * PORT. Tells the time and calls back later; a `Clock` of the event stream, and the `VirtualClock` of the
 * tests, are such clocks.
 *
 * `after` runs `callback` once, not before `delayMs` have passed, never in the same turn, and never once the
 * function that it returned was called; cancelling twice does nothing.
 */
export interface ClientClock {
  /** Milliseconds since some moment; only differences mean something. */
  now(): number;
  /** Runs `callback` after `delayMs` milliseconds, at most 2^31 - 1; the function returned cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/**
 * The system's time. It is that of the wall, which goes on while a phone sleeps; and a callback that waits keeps
 * the process alive, as a reader that waits to reconnect should.
 */
export const systemClock: ClientClock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
