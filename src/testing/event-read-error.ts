/**
 * Why a test did not get the event that it waited for.
 *
 * @module
 */

import type { DecodedEvent } from "../wire/decode.ts";

/**
 * The reason in one word:
 *
 * - `timeout`: it did not come in time;
 * - `ended`: the stream ended before it came;
 * - `failed`: the stream broke off before it came; the `cause` says how;
 * - `no-stream`: the answer was no event stream.
 */
export type EventReadErrorCode = "timeout" | "ended" | "failed" | "no-stream";

/** What came instead of what a test waited for. */
export class EventReadError extends Error {
  override readonly name = "EventReadError";
  readonly code: EventReadErrorCode;
  /** The events that came and that nobody has taken, in order. */
  readonly arrived: readonly DecodedEvent[];
  /** The answer. */
  readonly response: Response;

  constructor(
    code: EventReadErrorCode,
    message: string,
    details: { arrived?: readonly DecodedEvent[]; response: Response; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.arrived = details.arrived ?? [];
    this.response = details.response;
  }
}
