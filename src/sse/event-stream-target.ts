/**
 * The server's end of an `EventSource`.
 *
 * ```ts
 * import { ServerSentEventStreamTarget } from "dodona/sse";
 *
 * function handler(request: Request): Response {
 *   const target = new ServerSentEventStreamTarget({ request });
 *   const timer = setInterval(() => target.dispatchMessage({ now: Date.now() }), 1000);
 *   target.signal.addEventListener("abort", () => clearInterval(timer));
 *   return target.asResponse();
 * }
 * ```
 *
 * @module
 */

import { encodeComment, encodeFrame, encodeRetry, toBytes } from "../wire/encode.ts";
import { checkRetry, frame } from "../wire/frame.ts";
import type { ByteSink } from "./byte-sink.ts";
import { systemClock } from "./clock.ts";
import { CloseEvent } from "./close-event.ts";
import { diagnostics } from "./diagnostics.ts";
import { ErrorEvent } from "./error-event.ts";
import { Heartbeat } from "./heartbeat.ts";
import { readLastEventId } from "./last-event-id.ts";
import { type EventSourceLike, pipeEvents } from "./pipe-events.ts";
import { eventStreamHeaders } from "./response-headers.ts";
import { ServerSentEvent, serializeData } from "./server-sent-event.ts";
import type { CloseReason, StreamCloseError } from "./stream-close-error.ts";
import { readStreamLimits, type StreamLimitOptions } from "./stream-limits.ts";
import { StreamSink } from "./stream-sink.ts";
import { type StreamFeeder, StreamWriter } from "./stream-writer.ts";

/** Something that was sent may not have arrived. */
const UNCLEAN: ReadonlySet<CloseReason> = new Set(["error", "overflow", "stall"]);
const OPENING = toBytes(encodeComment(""));
const systemHeartbeat = new Heartbeat(systemClock);

/** How a stream behaves; each option has a default that serves. */
export interface ServerSentEventTargetOptions extends StreamLimitOptions {
  /** Headers of the application's own, beside those of an event stream, whose format and framing they can't change. */
  headers?: HeadersInit;
  /** How long the reader waits before it reconnects: whole milliseconds, below 2^31. Sent first of all. */
  retry?: number;
}

/** What a framework or a server adds: where the bytes go, and what the request said. */
export interface EventStreamTargetInit extends ServerSentEventTargetOptions {
  /** The request that the stream answers: it names the last event id, and its signal is the `clientSignal`. */
  request?: Request;
  /** Aborted when the client has gone; closes the target with the reason `disconnect`. */
  clientSignal?: AbortSignal;
  /** The id from which the reader wants to go on; read from `request` when left out. */
  lastEventId?: string;
  /**
   * Where the bytes go, or what opens it once the options were found good; when left out, into the body that
   * `asResponse` gives.
   */
  sink?: ByteSink | (() => ByteSink);
  /** The timer that keeps it alive; when left out, the one of all targets. */
  heartbeat?: Heartbeat;
  /**
   * Turns the reader away, for this reason: it is told to come back, and the target is closed from the beginning. Who
   * listens on it hears so later in the turn.
   */
  refusal?: CloseReason;
  /** Called once, when the target closes, before any listener. */
  onEnd?: (target: ServerSentEventStreamTarget) => void;
}

/** The local end of a remote `EventSource`. */
export interface ServerSentEventTarget extends EventTarget {
  /** Whether the stream is closed, by either end. */
  readonly closed: boolean;
  /** Closes the stream; resolves once the transport has taken all that was sent, or the reader is gone. */
  close(): Promise<void>;
  /** Sends a comment, which no `EventSource` shows. `false` when the target is closed. */
  dispatchComment(comment: string): boolean;
  /** Sends `data` as a message, for `onmessage`. `false` when the target is closed. */
  dispatchMessage(data: unknown): boolean;
  /**
   * Dispatches to the local listeners first; then sends a `ServerSentEvent` that none of them cancelled, or
   * closes the target for a `CloseEvent` or an `ErrorEvent`. `false` when cancelled or closed.
   */
  dispatchEvent(event: ServerSentEvent | CloseEvent | ErrorEvent): boolean;
}

/**
 * The one implementation of {@linkcode ServerSentEventTarget}, over any {@linkcode ByteSink}.
 *
 * It closes once, with one reason, as soon as the end is known: `signal` is aborted with a
 * {@linkcode StreamCloseError}, the local listeners hear a `CloseEvent` of type `close` whose `reason` is a
 * {@linkcode CloseReason}, and, for the reason `error`, an `ErrorEvent` of type `error`. No method throws
 * because a target is closed.
 *
 * An application's own event of type `close` or `error` is an event like any other: sent, and heard by local
 * listeners of that type; who cleans up at the end does it on `signal`.
 */
export class ServerSentEventStreamTarget extends EventTarget implements ServerSentEventTarget {
  static readonly #ends = {
    end: (reason: StreamCloseError, target: ServerSentEventStreamTarget) => target.#ended(reason),
    /** Whoever cleans up on the signal is yet to get the target. */
    refuse: (reason: StreamCloseError, target: ServerSentEventStreamTarget) =>
      queueMicrotask(() => target.#ended(reason)),
  };
  /** The id from which the reader wants to go on, or `""`. From a peer: not to be trusted. */
  readonly lastEventId: string;
  readonly #sink: ByteSink;
  readonly #writer: StreamWriter<ServerSentEventStreamTarget>;
  readonly #headers: HeadersInit | undefined;
  readonly #isHead: boolean;
  readonly #onEnd: ((target: ServerSentEventStreamTarget) => void) | undefined;
  #listened = false;
  #over = false;
  #abortController: AbortController | undefined;
  #lastWord: CloseEvent | ErrorEvent | undefined;
  #release: (() => void) | undefined;

  constructor(init: EventStreamTargetInit = {}) {
    super();
    const { request } = init;
    const limits = readStreamLimits(init);
    const opening = init.retry === undefined ? OPENING : openingWithRetry(init.retry);
    this.#headers = init.headers;
    this.#onEnd = init.onEnd;
    this.#isHead = request?.method === "HEAD";
    this.lastEventId =
      init.lastEventId ??
      (request === undefined ? "" : readLastEventId(request.headers.get("last-event-id"), request.url));
    this.#sink = typeof init.sink === "function" ? init.sink() : (init.sink ?? new StreamSink());
    const { refusal } = init;
    // One function for all targets: there are many of them.
    const { end, refuse } = ServerSentEventStreamTarget.#ends;
    this.#writer = new StreamWriter<ServerSentEventStreamTarget>(
      this.#sink,
      limits,
      init.heartbeat ?? systemHeartbeat,
      refusal === undefined ? end : refuse,
      this,
    );
    this.#writer.write(opening);
    const clientSignal = init.clientSignal ?? request?.signal;
    if (diagnostics.streamOpen.isHeard) diagnostics.streamOpen.publish({ target: this });
    if (refusal !== undefined) void this.#writer.endForNow(refusal);
    else if (clientSignal !== undefined) this.#endWith(clientSignal);
  }

  get closed(): boolean {
    return this.#writer.reason !== undefined;
  }

  /** Why it is closed; `undefined` while it is not. */
  get closeReason(): CloseReason | undefined {
    return this.#writer.reason?.code;
  }

  /** Bytes handed to the transport since it was opened. */
  get sentBytes(): number {
    return this.#writer.writtenBytes;
  }

  /** Bytes sent and not yet taken by the transport. */
  get bufferedAmount(): number {
    return this.#writer.bufferedBytes;
  }

  /** Resolves when `bufferedAmount` is at or below the high-water mark, or the target is closed. */
  get ready(): Promise<void> {
    return this.#writer.ready;
  }

  /** Aborted when the target closes, with a {@linkcode StreamCloseError} as its reason. */
  get signal(): AbortSignal {
    if (this.#abortController === undefined) {
      this.#abortController = new AbortController();
      if (this.#over) this.#abortController.abort(this.#writer.reason);
    }
    return this.#abortController.signal;
  }

  override addEventListener(...args: Parameters<EventTarget["addEventListener"]>): void {
    this.#listened = true;
    super.addEventListener(...args);
  }

  /** Sends `comment`, a line of the stream for each of its own. */
  dispatchComment(comment: string): boolean {
    return this.#writer.write(toBytes(encodeComment(comment)));
  }

  /** Throws a `TypeError` for data that JSON can't express. */
  dispatchMessage(data: unknown): boolean {
    const text = serializeData(data);
    if (this.closed) return false;
    if (this.#listened) super.dispatchEvent(new ServerSentEvent("message", text));
    return this.#writer.write(toBytes(encodeFrame(frame({ data: text }))));
  }

  override dispatchEvent(event: ServerSentEvent | CloseEvent | ErrorEvent): boolean {
    if (this.closed) return false;
    if (event instanceof ServerSentEvent) {
      // Who has no listeners pays for none.
      const sent = this.#listened ? super.dispatchEvent(event) : !event.defaultPrevented;
      if (!sent || !this.#writer.write(event.bytes)) return false;
      if (event.id !== undefined) this.#writer.feeder?.overridden();
      return true;
    }
    this.#lastWord = event;
    if (event instanceof CloseEvent) this.#writer.end("close");
    else if (event instanceof ErrorEvent) this.#writer.end("error", event.error);
    else return super.dispatchEvent(event);
    return true;
  }

  /**
   * Pipes `source` into the stream at the reader's pace: a `ServerSentEvent` as it is, anything else as a
   * message; `map` makes what is sent of what the source yields.
   *
   * Resolves with `true` when the source has ended, with `false` when the target closed before; the source is
   * then stopped. Rejects with what the source or `map` throws. The target stays open.
   */
  stream<Value>(source: EventSourceLike<Value>, map?: (value: Value) => unknown): Promise<boolean> {
    return pipeEvents(source, this, (value) => {
      const item = map === undefined ? value : map(value);
      if (item instanceof ServerSentEvent) this.dispatchEvent(item);
      else this.dispatchMessage(item);
    });
  }

  /**
   * Who feeds the stream at its reader's pace: one at a time, `undefined` when nobody does. A channel's
   * `subscribe` sets it.
   */
  get feeder(): StreamFeeder | undefined {
    return this.#writer.feeder;
  }

  set feeder(feeder: StreamFeeder | undefined) {
    if (this.closed) return;
    this.#writer.feeder = feeder;
    feeder?.feeds?.(this.#writer);
  }

  /**
   * Sends whole encoded frames for the feeder, past the local listeners. `bytes` must not change afterwards.
   * `false` means to wait, until the feeder is told that there is room, or that the stream has ended. `isAlone` says that
   * nothing more is likely to be sent in this turn.
   */
  feed(bytes: Uint8Array, isAlone = false): boolean {
    return this.#writer.feed(bytes, isAlone);
  }

  /**
   * Closes the stream, for `reason`. Resolves once the transport has taken all that was sent, or the reader is
   * gone; a reader who does not read is given up after ten seconds.
   */
  close(reason: CloseReason = "close", cause?: unknown): Promise<void> {
    return this.#writer.end(reason, cause);
  }

  /**
   * Closes the stream, for `reason`, after telling the reader to come back in `retryMs` milliseconds: a whole number
   * below 2^31; `undefined` for a random one within `retryWindowMs`. Resolves as `close` does.
   */
  closeForNow(retryMs: number | undefined, reason: CloseReason): Promise<void> {
    return this.#writer.endForNow(reason, retryMs);
  }

  /** Closes the stream at once, for `reason`, and drops what was not taken. */
  abort(reason: CloseReason, cause?: unknown): void {
    this.#writer.abort(reason, cause);
  }

  /**
   * The stream as a response, for a fetch handler. Throws a `TypeError` when the bytes go elsewhere.
   *
   * The answer to a HEAD request has the stream's headers and no body, and the target is closed.
   */
  asResponse(init: ResponseInit = {}): Response {
    return new Response(...this.asResponseInit(init));
  }

  /** The stream as the arguments of a `Response`. */
  asResponseInit(
    init: ResponseInit = {},
  ): [body: ReadableStream<Uint8Array<ArrayBuffer>> | null, init: ResponseInit] {
    if (!(this.#sink instanceof StreamSink)) {
      throw new TypeError("Cannot make a response of the event stream: its bytes go to a sink of its own");
    }
    const own = new Headers(this.#headers);
    for (const [name, value] of new Headers(init.headers)) own.set(name, value);
    const body = this.#isHead ? null : this.#sink.body;
    // Later in the turn, so that whoever cleans up on the signal hears it.
    if (body === null) queueMicrotask(() => this.abort("close"));
    return [body, { ...init, headers: eventStreamHeaders(own) }];
  }

  /** A client that leaves is told by the body's `cancel` on one runtime and by the signal on another. */
  #endWith(signal: AbortSignal): void {
    const leave = () => this.abort("disconnect");
    if (signal.aborted) {
      // Later in the turn, so that a listener added meanwhile hears it.
      queueMicrotask(leave);
      return;
    }
    signal.addEventListener("abort", leave);
    this.#release = () => signal.removeEventListener("abort", leave);
  }

  #ended(reason: StreamCloseError): void {
    this.#over = true;
    this.#release?.();
    this.#onEnd?.(this);
    if (diagnostics.streamClose.isHeard) {
      diagnostics.streamClose.publish({ target: this, reason: reason.code });
    }
    this.#abortController?.abort(reason);
    if (!this.#listened) return;
    const said = this.#lastWord;
    const wasClean = !UNCLEAN.has(reason.code);
    const close =
      said instanceof CloseEvent ? said : new CloseEvent("close", { reason: reason.code, wasClean });
    super.dispatchEvent(close);
    if (reason.code !== "error") return;
    const error = reason.cause;
    super.dispatchEvent(
      said instanceof ErrorEvent ? said : new ErrorEvent("error", { error, message: String(error) }),
    );
  }
}

function openingWithRetry(retry: number): Uint8Array {
  return toBytes(encodeComment("") + encodeRetry(checkRetry(retry)));
}
