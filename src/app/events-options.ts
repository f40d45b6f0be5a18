/**
 * What may be said of all event streams of an application.
 *
 * @module
 */

import type { ServerSentEventTargetOptions } from "../sse/event-stream-target.ts";
import { readStreamLimits } from "../sse/stream-limits.ts";
import { checkRetry } from "../wire/frame.ts";

/** How the event streams of an application are held; what a stream is given itself goes before it. */
export interface EventsOptions extends Omit<ServerSentEventTargetOptions, "headers"> {
  /**
   * How many streams may be open at once, of all listeners together. Whoever comes when there are so many is answered
   * with 200, told to come back, and its target is closed with the reason `refused`.
   *
   * @default Infinity
   */
  maxConnections?: number;
  /**
   * When the application ends, its streams close one after another: a thousand in a second, and all of them within so
   * many milliseconds, and within half of the time that the end may take.
   *
   * @default 10000
   */
  drainWindowMs?: number;
}

/** The same, all decided. */
export interface EventsSettings {
  /** What a stream has that says nothing itself. */
  readonly defaults: ServerSentEventTargetOptions;
  readonly maxConnections: number;
  readonly drainWindowMs: number;
}

const DEFAULT_DRAIN_WINDOW_MS = 10_000;

/** Throws a `RangeError` for what is out of bounds, and a `TypeError` for what is of the wrong kind. */
export function readEventsOptions(options: EventsOptions = {}): EventsSettings {
  const {
    maxConnections = Number.POSITIVE_INFINITY,
    drainWindowMs = DEFAULT_DRAIN_WINDOW_MS,
    ...defaults
  } = options;
  readStreamLimits(defaults);
  if (defaults.retry !== undefined) checkRetry(defaults.retry);
  if (!(maxConnections >= 0)) {
    throw new RangeError(`Cannot limit event streams to ${maxConnections}: not a number of them`);
  }
  if (!(drainWindowMs >= 0)) {
    throw new RangeError(`Cannot drain event streams within ${drainWindowMs} ms: not a time`);
  }
  return { defaults, maxConnections, drainWindowMs };
}
