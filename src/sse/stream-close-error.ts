/**
 * Why a stream ended.
 *
 * @module
 */

/**
 * The one reason of a close:
 *
 * - `close`: the application closed it;
 * - `disconnect`: the reader left;
 * - `overflow`: the reader did not read, and the bytes kept for it reached their limit;
 * - `shutdown`: the application ended;
 * - `error`: the transport or the source of the stream failed;
 * - `stall`: the reader took nothing for too long;
 * - `age`: the stream was open for as long as one may be, and the reader is to come back;
 * - `refused`: there are too many streams, and the reader is to come back;
 * - `slow`: the reader fell off the log of a channel that ends such readers, and is to come back;
 * - `denied`: the reader may not, or no longer, read a channel;
 * - `expired`: its right to read has ended;
 * - `kick`: a channel's `kick` ended it.
 */
export type CloseReason =
  | "close"
  | "disconnect"
  | "overflow"
  | "shutdown"
  | "error"
  | "stall"
  | "age"
  | "refused"
  | "slow"
  | "denied"
  | "expired"
  | "kick";

/** The reason with which a closed target's `signal` is aborted. */
export class StreamCloseError extends Error {
  override readonly name = "StreamCloseError";
  /** The reason in one word, for programs. */
  readonly code: CloseReason;

  constructor(code: CloseReason, cause?: unknown) {
    super(`The event stream is closed: ${code}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
