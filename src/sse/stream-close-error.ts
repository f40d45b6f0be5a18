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
 * - `error`: the transport or the source of the stream failed.
 */
export type CloseReason = "close" | "disconnect" | "overflow" | "shutdown" | "error";

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
