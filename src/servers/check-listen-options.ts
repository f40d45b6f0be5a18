/**
 * What may be said to a server about its durations.
 *
 * @module
 */

import type { ListenOptions } from "../app/server.ts";

/** The longest that a timer can wait, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Throws a `RangeError` for a duration of `options` that is no whole number of milliseconds, or is longer than a
 * timer can wait; the server may be less patient with silence than that (`longestIdleMs`).
 */
export function checkListenOptions(options: ListenOptions, longestIdleMs: number = LONGEST_MS): void {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, idleTimeoutMs, shutdownTimeoutMs } =
    options;
  check("headersTimeoutMs", headersTimeoutMs, LONGEST_MS);
  check("requestTimeoutMs", requestTimeoutMs, LONGEST_MS);
  check("keepAliveTimeoutMs", keepAliveTimeoutMs, LONGEST_MS);
  check("idleTimeoutMs", idleTimeoutMs, longestIdleMs);
  check("shutdownTimeoutMs", shutdownTimeoutMs, LONGEST_MS);
}

function check(name: string, value: number | undefined, longest: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= longest)) return;
  throw new RangeError(`Cannot listen: ${name} is "${value}", not a whole number from 0 to ${longest}`);
}
