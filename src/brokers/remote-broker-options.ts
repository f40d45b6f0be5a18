/**
 * What all brokers that keep their logs elsewhere can be told.
 *
 * @module
 */

import { type Clock, systemClock } from "../sse/clock.ts";

/** How such a broker behaves; each option has a default that serves. */
export interface RemoteBrokerOptions {
  /** About how many events of each channel the broker keeps. @default 100000 */
  historyEvents?: number;
  /** For how long an idempotency key is remembered, in milliseconds. @default 120000 */
  idempotencyWindowMs?: number;
  /** How many events may wait to be appended, all channels together; one more is refused. @default 1000 */
  maxPending?: number;
  /** How many bytes these may have. @default 8388608 */
  maxPendingBytes?: number;
  /** After how many milliseconds an event that could not be appended is given up. @default 10000 */
  publishTimeoutMs?: number;
  /** How often it is looked whether something was missed, in milliseconds. @default 10000 */
  checkMs?: number;
  /** Told of what fails and nobody waits for: connections, entries of others. @default none */
  onError?: (error: unknown) => void;
  /** @default the system's */
  clock?: Clock;
}

/** Fills in what was left out. Throws a `RangeError` for a number that is not positive. */
export function readRemoteBrokerOptions(options: RemoteBrokerOptions): Required<RemoteBrokerOptions> {
  const {
    historyEvents = 100_000,
    idempotencyWindowMs = 120_000,
    maxPending = 1000,
    maxPendingBytes = 8 * 1024 * 1024,
    publishTimeoutMs = 10_000,
    checkMs = 10_000,
    onError = () => undefined,
    clock = systemClock,
  } = options;
  const counts = {
    historyEvents,
    idempotencyWindowMs,
    maxPending,
    maxPendingBytes,
    publishTimeoutMs,
    checkMs,
  };
  for (const [name, value] of Object.entries(counts)) {
    if (value > 0) continue;
    throw new RangeError(`Cannot make a broker with ${name} ${value}: not a positive number`);
  }
  return { ...counts, onError, clock };
}
