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
import { ErrorEvent } from "./error-event.ts";
import { Heartbeat } from "./heartbeat.ts";
import { readLastEventId } from "./last-event-id.ts";
import { type EventSourceLike, pipeEvents } from "./pipe-events.ts";
import { eventStreamHeaders } from "./response-headers.ts";
import { ServerSentEvent, serializeData } from "./server-sent-event.ts";
import type { CloseReason, StreamCloseError } from "./stream-close-error.ts";
import { StreamSink } from "./stream-sink.ts";
import { type StreamFeeder, type StreamLimits, StreamWriter } from "./stream-writer.ts";

const DEFAULT_KEEP_ALIVE_MS = 15_000;
const DEFAULT_HIGH_WATER_MARK_BYTES = 64 * 1024;
const DEFAULT_MAX_BUFFERED_BYTES = 1024 * 1024;
const OPENING = toBytes(encodeComment(""));
const systemHeartbeat = new Heartbeat(systemClock);

/** How a stream behaves; each has a default that serves. */
export interface ServerSentEventTargetOptions {
  /** Headers of the application's own, beside those of an event stream, whose format and framing they can't change. */
  headers?: HeadersInit;
  /**
   * Whether a quiet stream says something, so that nobody on the way cuts it, and after how many
   * milliseconds of silence.
   *
   * @default 15000
   */
  keepAlive?: boolean | number;
  /** How long the reader waits before it reconnects: whole milliseconds, below 2^31. Sent first of all. */
  retry?: number;
  /**
   * Above so many unread bytes `ready` waits.
   *
   * @default 65536
   */
  highWaterMarkBytes?: number;
  /**
   * Above so many unread bytes the target closes with the reason `overflow`. A larger single event still goes
   * to a reader who has read all before it.
   *
   * @default 1048576
   */
  maxBufferedBytes?: number;
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
  /** The id from which the reader wants to go on, or `""`. From a peer: not to be trusted. */
  readonly lastEventId: string;
  readonly #sink: ByteSink;
  readonly #writer: StreamWriter;
  readonly #headers: HeadersInit | undefined;
  readonly #isHead: boolean;
  readonly #onEnd: ((target: ServerSentEventStreamTarget) => void) | undefined;
  #listened = false;
  #abortController: AbortController | undefined;
  #lastWord: CloseEvent | ErrorEvent | undefined;
  #release: (() => void) | undefined;

  constructor(init: EventStreamTargetInit = {}) {
    super();
    const { request } = init;
    const limits = readLimits(init);
    const opening = init.retry === undefined ? OPENING : openingWithRetry(init.retry);
    this.#headers = init.headers;
    this.#onEnd = init.onEnd;
    this.#isHead = request?.method === "HEAD";
    this.lastEventId =
      init.lastEventId ??
      (request === undefined ? "" : readLastEventId(request.headers.get("last-event-id"), request.url));
    this.#sink = typeof init.sink === "function" ? init.sink() : (init.sink ?? new StreamSink());
    this.#writer = new StreamWriter(this.#sink, limits, init.heartbeat ?? systemHeartbeat, (reason) =>
      this.#ended(reason),
    );
    this.#writer.write(opening);
    const clientSignal = init.clientSignal ?? request?.signal;
    if (clientSignal !== undefined) this.#endWith(clientSignal);
  }

  get closed(): boolean {
    return this.#writer.reason !== undefined;
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
      if (this.#writer.reason !== undefined) this.#abortController.abort(this.#writer.reason);
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
    this.#writer.feeder = this.closed ? undefined : feeder;
  }

  /**
   * Sends whole encoded frames for the feeder, past the local listeners. `bytes` must not change afterwards.
   * `false` means to wait, until the feeder is told that there is room, or that the stream has ended.
   */
  feed(bytes: Uint8Array): boolean {
    return this.#writer.feed(bytes);
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
   * below 2^31. Resolves as `close` does.
   */
  closeForNow(retryMs: number, reason: CloseReason): Promise<void> {
    this.#writer.feed(toBytes(encodeRetry(retryMs)));
    return this.#writer.end(reason);
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
    this.#release?.();
    this.#onEnd?.(this);
    this.#abortController?.abort(reason);
    if (!this.#listened) return;
    const said = this.#lastWord;
    const wasClean = reason.code !== "error" && reason.code !== "overflow";
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

function readLimits(options: ServerSentEventTargetOptions): StreamLimits {
  const { keepAlive = true, highWaterMarkBytes, maxBufferedBytes } = options;
  return {
    keepAliveMs:
      typeof keepAlive === "boolean" ? (keepAlive ? DEFAULT_KEEP_ALIVE_MS : 0) : interval(keepAlive),
    highWaterMarkBytes: byteCount("highWaterMarkBytes", highWaterMarkBytes ?? DEFAULT_HIGH_WATER_MARK_BYTES),
    maxBufferedBytes: byteCount("maxBufferedBytes", maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES),
  };
}

function interval(keepAlive: number): number {
  if (keepAlive > 0 && keepAlive < 2 ** 31) return keepAlive;
  throw new RangeError(`Cannot keep a stream alive every ${keepAlive} ms: not a positive number below 2^31`);
}

function byteCount(name: string, value: number): number {
  if (value >= 0) return value;
  throw new RangeError(`Cannot bound a stream by ${name} ${value}: not a number of bytes`);
}
