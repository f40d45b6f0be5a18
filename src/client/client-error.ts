/**
 * What can befall a stream, as an error and as the event that tells of it.
 *
 * ```ts
 * import { EventSource } from "dodona/client";
 *
 * const source = new EventSource("https://example.com/events");
 * source.onerror = ({ code, status, retryInMs }) => console.log(code, status, retryInMs);
 * ```
 *
 * @module
 */

/**
 * Why there is no stream, or no more.
 *
 * - `network`: no answer came: no connection, a redirect loop, or the function for headers or body failed;
 * - `status`: the answer's status is not 200; see `status`, 204 means "do not come back";
 * - `content-type`: the answer is no `text/event-stream`;
 * - `ended`: the server ended the stream;
 * - `cut`: the stream broke off, or lacks the last data that it was to have;
 * - `too-long`: a line or an event is longer than its limit;
 * - `open-timeout`: no answer came within `openTimeoutMs`;
 * - `inactive`: nothing came for longer than `inactivityTimeoutMs`;
 * - `offline`: the page was away, or the network, and the stream is made anew;
 * - `hidden`: the page is hidden, and the stream waits until it is seen again;
 * - `handover`: the tab that held the shared connection is gone, and another takes over;
 * - `not-json`: the data of an event is no JSON, and was to be.
 */
export type EventSourceErrorCode =
  | "network"
  | "status"
  | "content-type"
  | "ended"
  | "cut"
  | "too-long"
  | "open-timeout"
  | "inactive"
  | "offline"
  | "hidden"
  | "handover"
  | "not-json";

/** What an {@linkcode EventSourceError} may carry besides its code. */
export interface EventSourceErrorInit extends ErrorOptions {
  /** What it was in this case, for the message. */
  readonly detail?: unknown;
  /** The answer, if one came. */
  readonly response?: Response | undefined;
  /** The status of an answer that another tab has. @default that of `response`, or 0 */
  readonly status?: number | undefined;
}

/** Says why there is no stream, or no more. Its `cause` is what was thrown below, if anything was. */
export class EventSourceError extends Error {
  /** Gives `cause` if it is such an error, or else one with the code, that it is the cause of. */
  static of(cause: unknown, code: EventSourceErrorCode): EventSourceError {
    return cause instanceof EventSourceError ? cause : new EventSourceError(code, { cause });
  }

  override readonly name: string = "EventSourceError";
  declare readonly code: EventSourceErrorCode;
  /** The status of the answer, 0 if none came. */
  declare readonly status: number;
  /** The answer, if one came. Where `decode` refused it, its body was not read. */
  declare readonly response: Response | undefined;

  constructor(code: EventSourceErrorCode, { detail, response, status, cause }: EventSourceErrorInit = {}) {
    super(`Cannot read event stream: ${code}${detail ? ` "${detail}"` : ""}`, { cause });
    this.code = code;
    this.status = status ?? response?.status ?? 0;
    this.response = response;
  }
}

/** The `error` event of an `EventSource`, which says what happened and what comes next. */
export class EventSourceErrorEvent extends Event {
  declare readonly error: EventSourceError;
  /**
   * When the next attempt is made, in milliseconds from now; `undefined` for never, the source is closed then.
   * `Infinity` while the page is hidden, or for another tab's attempts.
   */
  declare readonly retryInMs: number | undefined;

  constructor(error: EventSourceError, retryInMs: number | undefined) {
    super("error");
    this.error = error;
    this.retryInMs = retryInMs;
  }

  /** The code of the error. */
  get code(): EventSourceErrorCode {
    return this.error.code;
  }

  /** The status of the answer, 0 if none came. */
  get status(): number {
    return this.error.status;
  }
}
