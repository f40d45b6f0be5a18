/**
 * Where time enters: everything in this floor that waits, waits on a {@linkcode Clock}.
 *
 * Tests hand in a clock of their own and move it by hand, so that nothing in them sleeps.
 *
 * @module
 */

/**
 * PORT. Tells the time and calls back later.
 *
 * Called by {@linkcode Heartbeat}; implemented by {@linkcode systemClock} and by the clock of the tests.
 * `now` never goes back. `after` runs `callback` once, not before `delayMs` have passed, never in the same
 * turn, and never once the function that it returned was called; cancelling twice does nothing. A waiting
 * callback does not keep the process alive. With a delay of 0 it runs when the present turn of the event loop
 * is over.
 */
export interface Clock {
  /** Milliseconds since an arbitrary moment; only differences mean something. */
  now(): number;
  /** The time of day, for moments that others name: milliseconds since 1970, UTC. It may be set back. */
  date(): number;
  /** Runs `callback` after `delayMs` milliseconds; the function returned cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The runtime's own time: `performance.now`, `setTimeout`, and `setImmediate` where there is one. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(delayMs, callback) {
    if (delayMs === 0 && typeof setImmediate === "function") {
      // The end of the turn, where a timer would wait for a millisecond.
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const timer: unknown = setTimeout(callback, delayMs);
    // Node and Bun hold the process open for a timer unless told otherwise; elsewhere there is nothing to tell.
    if (typeof timer === "object" && timer !== null && "unref" in timer) (timer as NodeJS.Timeout).unref();
    return () => clearTimeout(timer as number);
  },
};
