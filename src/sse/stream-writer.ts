/**
 * Writes one stream to one reader: bounded, kept alive, and ended once, with one reason.
 *
 * What an event is, it doesn't know; a target is the face that it has for applications.
 *
 * @module
 */

import { encodeComment, toBytes } from "../wire/encode.ts";
import type { ByteSink, SinkObserver } from "./byte-sink.ts";
import type { Beating, Heartbeat } from "./heartbeat.ts";
import { type CloseReason, StreamCloseError } from "./stream-close-error.ts";

/** A comment line and no blank line: some readers take a comment and a blank line for an empty message. */
const BEAT = toBytes(encodeComment(""));
/** How long an ended stream may take to hand its last bytes to a reader who does not read. */
const LINGER_MS = 10_000;
const SETTLED: Promise<void> = Promise.resolve();

/** The limits of a {@linkcode StreamWriter}. */
export interface StreamLimits {
  /** Milliseconds of silence before it says something; 0 for never. */
  readonly keepAliveMs: number;
  /** Above so many unread bytes `ready` waits. */
  readonly highWaterMarkBytes: number;
  /** Above so many unread bytes the stream ends with the reason `overflow`. */
  readonly maxBufferedBytes: number;
}

/** Who feeds a stream at its reader's pace: a channel's subscriptions. */
export interface StreamFeeder {
  /** There is room again, after `feed` said to wait. */
  drained(): void;
  /** Something with an id of its own was sent past the feeder. */
  overridden(): void;
  /** The stream has ended. Called once, before anybody else hears it. */
  ended(reason: StreamCloseError): void;
}

/**
 * The writing end of one stream.
 *
 * `onEnd` is called exactly once, in the turn in which the end is known. No method throws.
 */
export class StreamWriter implements SinkObserver, Beating {
  /** Who feeds the stream at the reader's pace, if anybody does. */
  feeder: StreamFeeder | undefined;
  intervalMs: number;
  quietSince: number;
  readonly #sink: ByteSink;
  readonly #limits: StreamLimits;
  readonly #heartbeat: Heartbeat;
  readonly #onEnd: (reason: StreamCloseError) => void;
  #reason: StreamCloseError | undefined;
  #finished = false;
  #ready: Deferred | undefined;
  #flushed: Deferred | undefined;

  constructor(
    sink: ByteSink,
    limits: StreamLimits,
    heartbeat: Heartbeat,
    onEnd: (reason: StreamCloseError) => void,
  ) {
    this.#sink = sink;
    this.#limits = limits;
    this.#heartbeat = heartbeat;
    this.#onEnd = onEnd;
    this.intervalMs = limits.keepAliveMs;
    this.quietSince = heartbeat.now();
    sink.open(this, limits.highWaterMarkBytes);
    if (limits.keepAliveMs > 0) heartbeat.add(this);
  }

  /** Why the stream ended, or `undefined` while it has not. */
  get reason(): StreamCloseError | undefined {
    return this.#reason;
  }

  /** Bytes accepted and not yet taken by the transport. */
  get bufferedBytes(): number {
    return this.#sink.bufferedBytes;
  }

  /** Resolves when the unread bytes are at or below the high-water mark, or the stream has ended. */
  get ready(): Promise<void> {
    if (this.#reason !== undefined || this.#sink.bufferedBytes <= this.#limits.highWaterMarkBytes)
      return SETTLED;
    this.#ready ??= defer();
    return this.#ready.promise;
  }

  /** Sends `bytes`, which must not change afterwards. `false` when the stream has ended, or ends by this. */
  write(bytes: Uint8Array): boolean {
    if (this.#reason !== undefined) return false;
    const unread = this.#sink.bufferedBytes;
    if (unread > 0 && unread + bytes.byteLength > this.#limits.maxBufferedBytes) {
      this.abort("overflow");
      return false;
    }
    this.quietSince = this.#heartbeat.now();
    this.#sink.write(bytes);
    return true;
  }

  /**
   * Sends `bytes` at the reader's pace: `false` means to wait, for the feeder's `drained` or its `ended`. No
   * limit holds but the feeder's own patience.
   */
  feed(bytes: Uint8Array): boolean {
    if (this.#reason !== undefined) return false;
    this.quietSince = this.#heartbeat.now();
    return this.#sink.write(bytes);
  }

  /**
   * Ends the stream after what was written; once ended, only waits. Resolves when the transport has taken
   * all of it, or the reader is gone; one that does not read is given up after ten seconds.
   */
  end(code: CloseReason, cause?: unknown): Promise<void> {
    if (this.#reason === undefined) {
      this.#settle(code, cause);
      this.intervalMs = LINGER_MS;
      this.quietSince = this.#heartbeat.now();
      this.#heartbeat.add(this);
      this.#sink.close();
    }
    if (this.#finished) return SETTLED;
    this.#flushed ??= defer();
    return this.#flushed.promise;
  }

  /** Ends the stream now; what was not taken is dropped. */
  abort(code: CloseReason, cause?: unknown): void {
    if (this.#reason === undefined) this.#settle(code, cause);
    this.#sink.abort();
  }

  /** Called by the sink. */
  drained(): void {
    this.#settleReady();
    if (this.#reason === undefined) this.feeder?.drained();
  }

  /** Called by the sink. */
  closed(error?: unknown): void {
    this.#finished = true;
    this.#heartbeat.delete(this);
    if (this.#reason === undefined) this.#settle(error === undefined ? "disconnect" : "error", error);
    this.#flushed?.resolve();
  }

  /** Called by the heartbeat: says something on a quiet stream, gives up one that can't end. */
  beat(): void {
    this.quietSince = this.#heartbeat.now();
    if (this.#reason === undefined) this.write(BEAT);
    else this.#sink.abort();
  }

  #settle(code: CloseReason, cause: unknown): void {
    this.#reason = new StreamCloseError(code, cause);
    this.#heartbeat.delete(this);
    this.#settleReady();
    this.feeder?.ended(this.#reason);
    this.feeder = undefined;
    this.#onEnd(this.#reason);
  }

  #settleReady(): void {
    this.#ready?.resolve();
    this.#ready = undefined;
  }
}

interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
}

function defer(): Deferred {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
