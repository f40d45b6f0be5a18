/**
 * Writes one stream to one reader: bounded, kept alive, and ended once, with one reason.
 *
 * What an event is, it doesn't know; a target is the face that it has for applications.
 *
 * @module
 */

import { encodeComment, encodeRetry, toBytes } from "../wire/encode.ts";
import type { ByteSink, SinkObserver } from "./byte-sink.ts";
import type { Beating, Heartbeat } from "./heartbeat.ts";
import { type CloseReason, StreamCloseError } from "./stream-close-error.ts";
import { randomRetryMs, type StreamLimits } from "./stream-limits.ts";

/** A comment line and no blank line: some readers take a comment and a blank line for an empty message. */
const BEAT = toBytes(encodeComment(""));
/** How long an ended stream may take to hand its last bytes to a reader who does not read. */
const LINGER_MS = 10_000;
/** What streams of one age limit live at least, as a part of it: those that came at once don't leave at once. */
const LEAST_AGE = 0.8;
const SETTLED: Promise<void> = Promise.resolve();

/** What is fed. */
export interface FedStream {
  /** As the target's. */
  feed(bytes: Uint8Array, isAlone?: boolean): boolean;
}

/** Who feeds a stream at its reader's pace: a channel's subscriptions. */
export interface StreamFeeder {
  /** Is given what it feeds, without the target in between. */
  feeds?(stream: FedStream): void;
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
 * `onEnd` is called exactly once, with the owner, in the turn in which the end is known. No method throws, but for a `retry` out of
 * bounds.
 */
export class StreamWriter<Owner = void> implements SinkObserver, Beating, FedStream {
  // What each write needs stands together, and first: with thousands of streams, reaching for it is the cost.
  #reason: StreamCloseError | undefined;
  /** In whole milliseconds. */
  #quietSince: number;
  #writtenBytes = 0;
  readonly #sink: ByteSink;
  readonly #heartbeat: Heartbeat;
  readonly #limits: StreamLimits;
  /** Who feeds the stream at the reader's pace, if anybody does. */
  feeder: StreamFeeder | undefined;
  /** How far the reader was when it was last seen to take something; `undefined` when it had taken all. */
  #mark: number | undefined;
  #movedAt: number;
  /** When its age ends it; once it has ended, when it is given up. */
  #endsAt: number | undefined;
  readonly #onEnd: (reason: StreamCloseError, owner: Owner) => void;
  readonly #owner: Owner;
  #finished = false;
  #ready: Deferred | undefined;
  #flushed: Deferred | undefined;

  constructor(
    sink: ByteSink,
    limits: StreamLimits,
    heartbeat: Heartbeat,
    onEnd: (reason: StreamCloseError, owner: Owner) => void,
    owner: Owner,
  ) {
    this.#sink = sink;
    this.#limits = limits;
    this.#heartbeat = heartbeat;
    this.#onEnd = onEnd;
    this.#owner = owner;
    const now = heartbeat.now();
    this.#quietSince = Math.ceil(now);
    this.#movedAt = this.#quietSince;
    if (limits.maxAgeMs > 0) {
      this.#endsAt = now + limits.maxAgeMs * (LEAST_AGE + Math.random() * (1 - LEAST_AGE));
    }
    sink.open(this, limits.highWaterMarkBytes);
    if (this.dueAt < Number.POSITIVE_INFINITY) heartbeat.add(this);
  }

  /** Why the stream ended, or `undefined` while it has not. */
  get reason(): StreamCloseError | undefined {
    return this.#reason;
  }

  /** Bytes accepted and not yet taken by the transport. */
  get bufferedBytes(): number {
    return this.#sink.bufferedBytes;
  }

  /** Bytes accepted since it was opened; some of them are lost when it ends at once. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** For the heartbeat. */
  get dueAt(): number {
    const endsAt = this.#endsAt ?? Number.POSITIVE_INFINITY;
    if (this.#reason !== undefined) return endsAt;
    const { keepAliveMs, stallTimeoutMs } = this.#limits;
    const quietUntil = this.#quietSince + (keepAliveMs || Number.POSITIVE_INFINITY);
    return Math.min(endsAt, quietUntil, this.#movedAt + (stallTimeoutMs || Number.POSITIVE_INFINITY));
  }

  /** For the heartbeat. */
  get patienceMs(): number {
    const { keepAliveMs, stallTimeoutMs, maxAgeMs } = this.#limits;
    return Math.min(keepAliveMs || LINGER_MS, stallTimeoutMs || LINGER_MS, maxAgeMs || LINGER_MS);
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
    this.#quietSince = Math.ceil(this.#heartbeat.now());
    this.#writtenBytes += bytes.byteLength;
    this.#sink.write(bytes);
    return true;
  }

  /**
   * Sends `bytes` at the reader's pace: `false` means to wait, for the feeder's `drained` or its `ended`. No
   * limit of bytes holds. `isAlone` is for the sink.
   */
  feed(bytes: Uint8Array, isAlone = false): boolean {
    if (this.#reason !== undefined) return false;
    this.#quietSince = Math.ceil(this.#heartbeat.now());
    this.#writtenBytes += bytes.byteLength;
    return this.#sink.write(bytes, isAlone);
  }

  /**
   * Ends the stream after what was written; once ended, only waits. Resolves when the transport has taken
   * all of it, or the reader is gone; one that does not read is given up after ten seconds.
   */
  end(code: CloseReason, cause?: unknown): Promise<void> {
    if (this.#reason === undefined) {
      this.#settle(code, cause);
      this.#endsAt = this.#heartbeat.now() + LINGER_MS;
      this.#heartbeat.add(this);
      this.#sink.close();
    }
    if (this.#finished) return SETTLED;
    this.#flushed ??= defer();
    return this.#flushed.promise;
  }

  /**
   * Tells the reader to come back, in `retryMs` or after a random time within the limits, and ends the stream as `end`
   * does.
   */
  endForNow(code: CloseReason, retryMs: number = randomRetryMs(this.#limits)): Promise<void> {
    this.feed(toBytes(encodeRetry(retryMs)));
    return this.end(code);
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

  /** Called by the heartbeat: gives up who takes nothing, ends what is old, says something on a quiet stream. */
  beat(): void {
    const now = this.#heartbeat.now();
    const { keepAliveMs, stallTimeoutMs } = this.#limits;
    const unread = this.#sink.bufferedBytes;
    if (!this.#isStuck(unread)) this.#movedAt = Math.ceil(now);
    if (this.#reason !== undefined) {
      this.#sink.abort();
    } else if (stallTimeoutMs > 0 && now - this.#movedAt >= stallTimeoutMs) {
      this.abort("stall");
    } else if (this.#endsAt !== undefined && now >= this.#endsAt) {
      void this.endForNow("age");
    } else if (keepAliveMs > 0 && now - this.#quietSince >= keepAliveMs) {
      // What waits to be read says enough, as soon as somebody reads.
      if (unread === 0) this.write(BEAT);
      else this.#quietSince = Math.ceil(now);
    }
  }

  /** Whether nothing was taken of what was unread at the last look; notes how far it is. */
  #isStuck(unread: number): boolean {
    const before = this.#mark;
    this.#mark = unread === 0 ? undefined : (this.#sink.progress ?? this.#writtenBytes - unread);
    return before !== undefined && before === this.#mark;
  }

  #settle(code: CloseReason, cause: unknown): void {
    this.#reason = new StreamCloseError(code, cause);
    this.#heartbeat.delete(this);
    this.#settleReady();
    this.feeder?.ended(this.#reason);
    this.feeder = undefined;
    this.#onEnd(this.#reason, this.#owner);
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
