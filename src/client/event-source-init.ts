/**
 * What a stream is asked for with, and the checks that it can be.
 *
 * @module
 */
import type { DecoderLimits } from "../wire/decode.ts";
import type { RetryPolicy } from "./backoff.ts";
import type { NoticeTypes } from "./resume-state.ts";
import type { ClientClock } from "./system-clock.ts";

/** A value, or a function that gives it anew for each attempt. */
export type PerAttempt<Value> = Value | (() => Value | Promise<Value>);

/** What the dictionary of the standard has, and what goes beyond it. */
export interface EventSourceInit extends DecoderLimits {
  /** Whether cookies go to other origins too. @default false */
  readonly withCredentials?: boolean | undefined;
  /** Headers to send; a function is called for each attempt, so that a token is fresh. */
  readonly headers?: PerAttempt<HeadersInit | undefined> | undefined;
  /** The method. @default "GET" */
  readonly method?: string | undefined;
  /** The body; a function is called for each attempt. */
  readonly body?: PerAttempt<Exclude<BodyInit, ReadableStream> | undefined> | undefined;
  /** Does the request in place of the global `fetch`. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** Closes the source. */
  readonly signal?: AbortSignal | undefined;
  /** What to try again besides what the standard says, and when. */
  readonly retry?: RetryPolicy | undefined;
  /** How long an attempt may wait for the head of the answer, in milliseconds. @default Infinity */
  readonly openTimeoutMs?: number | undefined;
  /**
   * How long the stream may be silent, in milliseconds, before it is made anew; `"auto"` learns it from the
   * server's comments, and does nothing when there are none. @default Infinity
   */
  readonly inactivityTimeoutMs?: number | "auto" | undefined;
  /** Where to begin: the id of an event that was read before, or that came with the page. @default "" */
  readonly lastEventId?: string | undefined;
  /** Whether the stream waits while the page is hidden. @default false */
  readonly pauseWhenHidden?: boolean | undefined;
  /** The types of the events by which a channel tells of a loss, if they are not `gap` and `reset`. */
  readonly noticeTypes?: NoticeTypes | undefined;
  /** The time that limits and waits go by. @default the system's */
  readonly clock?: ClientClock | undefined;
}

/**
 * Makes a URL of what a constructor was given, relative to the page if there is one.
 *
 * Throws a `TypeError` when nothing was given, and a `SyntaxError` `DOMException` for what is no URL.
 */
export function parseUrl(url: string | URL): URL {
  if (url === undefined) throw new TypeError("Cannot open event stream: there is no URL");
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {
    // The standard wants another error than that of `URL`.
    throw new DOMException(`Cannot open event stream: "${url}" is not a URL`, "SyntaxError");
  }
}

/**
 * Throws at once for what would fail at each attempt: the `TypeError` of `Request` for a method, headers or a body
 * that cannot be sent, a `RangeError` for a limit or a time that is not a positive number.
 */
export function checkInit(url: URL, init: EventSourceInit): void {
  const { method, headers, body, openTimeoutMs, inactivityTimeoutMs, retry } = init;
  const fixed = (value: unknown) => (typeof value === "function" ? undefined : value);
  new Request(url, { method, headers: fixed(headers), body: fixed(body) } as RequestInit);
  const { maxLineLength, maxEventLength } = init;
  for (const bound of [
    openTimeoutMs,
    inactivityTimeoutMs,
    retry?.maxDelayMs,
    maxLineLength,
    maxEventLength,
  ]) {
    if (bound !== undefined && bound !== "auto" && !(bound > 0)) {
      throw new RangeError(`Cannot open event stream: "${bound}" is no positive number`);
    }
  }
}
