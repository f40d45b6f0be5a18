/**
 * The limits of a stream: what may be said of them, and what holds when nothing is said.
 *
 * @module
 */

import { checkRetry } from "../wire/frame.ts";

/** The times and sizes within which a stream is held; each has a default that serves. */
export interface StreamLimitOptions {
  /**
   * Whether a quiet stream says something, so that nobody on the way cuts it, and after how many
   * milliseconds of silence.
   *
   * @default 15000
   */
  keepAlive?: boolean | number;
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
  /**
   * A stream of whose unread bytes none is taken for so many milliseconds closes with the reason `stall`; 0 for never.
   * What the system's own buffers hold counts as taken. It is noticed after twice the time at the latest.
   *
   * @default 30000
   */
  stallTimeoutMs?: number;
  /**
   * After so many milliseconds, or a random part of them from 80 to 100 %, the reader is told to come back, and the
   * stream closes with the reason `age`; 0 for never.
   *
   * @default 0
   */
  maxAgeMs?: number;
  /**
   * A reader who is told to come back does so after a random time between the two, in milliseconds.
   *
   * @default [1000, 5000]
   */
  retryWindowMs?: readonly [least: number, most: number];
}

/** The limits of a stream, all decided. */
export interface StreamLimits {
  /** Milliseconds of silence before it says something; 0 for never. */
  readonly keepAliveMs: number;
  /** Above so many unread bytes `ready` waits. */
  readonly highWaterMarkBytes: number;
  /** Above so many unread bytes the stream ends with the reason `overflow`. */
  readonly maxBufferedBytes: number;
  /** Milliseconds without progress before it ends with the reason `stall`; 0 for never. */
  readonly stallTimeoutMs: number;
  /** Milliseconds before it ends with the reason `age`; 0 for never. */
  readonly maxAgeMs: number;
  /** After how many milliseconds a reader comes back that is told to: from the least to the most. */
  readonly retryLeastMs: number;
  readonly retryMostMs: number;
}

/** What a timer can wait at most, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

const DEFAULTS: StreamLimits = {
  keepAliveMs: 15_000,
  highWaterMarkBytes: 64 * 1024,
  maxBufferedBytes: 1024 * 1024,
  stallTimeoutMs: 30_000,
  maxAgeMs: 0,
  retryLeastMs: 1000,
  retryMostMs: 5000,
};

/** Gives the newest limits again when others are the same: the streams of an application share one object. */
class SharedLimits {
  #newest = DEFAULTS;

  share(limits: StreamLimits): StreamLimits {
    for (const name of Object.keys(DEFAULTS) as (keyof StreamLimits)[]) {
      if (limits[name] === this.#newest[name]) continue;
      this.#newest = limits;
      break;
    }
    return this.#newest;
  }
}

const shared = new SharedLimits();

/**
 * Decides the limits of a stream. Throws a `RangeError` for a time or a size out of bounds, and a `TypeError` for a
 * window that is none.
 */
export function readStreamLimits(options: StreamLimitOptions): StreamLimits {
  const { keepAlive = true, retryWindowMs } = options;
  const [least, most] = retryWindowMs ?? [DEFAULTS.retryLeastMs, DEFAULTS.retryMostMs];
  if (checkRetry(least) > checkRetry(most)) {
    throw new RangeError(`Cannot spread a retry from ${least} to ${most} ms: the least is above the most`);
  }
  return shared.share({
    keepAliveMs:
      typeof keepAlive === "boolean" ? (keepAlive ? DEFAULTS.keepAliveMs : 0) : interval(keepAlive),
    highWaterMarkBytes: byteCount("highWaterMarkBytes", options.highWaterMarkBytes),
    maxBufferedBytes: byteCount("maxBufferedBytes", options.maxBufferedBytes),
    stallTimeoutMs: duration("stallTimeoutMs", options.stallTimeoutMs),
    maxAgeMs: duration("maxAgeMs", options.maxAgeMs),
    retryLeastMs: least,
    retryMostMs: most,
  });
}

/** A whole number of milliseconds from the least to the most, at random. */
export function randomRetryMs({ retryLeastMs, retryMostMs }: StreamLimits): number {
  return Math.round(retryLeastMs + Math.random() * (retryMostMs - retryLeastMs));
}

function interval(keepAlive: number): number {
  if (keepAlive > 0 && keepAlive <= LONGEST_MS) return keepAlive;
  throw new RangeError(`Cannot keep a stream alive every ${keepAlive} ms: not a positive number below 2^31`);
}

function duration(name: "stallTimeoutMs" | "maxAgeMs", value: number = DEFAULTS[name]): number {
  if (value >= 0 && value <= LONGEST_MS) return value;
  throw new RangeError(`Cannot bound a stream by ${name} ${value}: not a number from 0 to 2^31 - 1`);
}

function byteCount(name: "highWaterMarkBytes" | "maxBufferedBytes", value: number = DEFAULTS[name]): number {
  if (value >= 0) return value;
  throw new RangeError(`Cannot bound a stream by ${name} ${value}: not a number of bytes`);
}
