/**
 * What a stream keeps over its connections, and what happens to it.
 *
 * @module
 */
import type { DecodedEvent } from "../wire/decode.ts";
import type { EventSourceError } from "./client-error.ts";
import { checkInit, type EventSourceInit, parseUrl } from "./event-source-init.ts";
import { type ResumeDetail, type ResumeState, readLoss } from "./resume-state.ts";
import { type ClientClock, systemClock } from "./system-clock.ts";

/** What outlives a connection. */
export interface StreamState {
  readonly url: URL;
  readonly init: EventSourceInit;
  readonly clock: ClientClock;
  /** Aborts when the stream is closed. */
  readonly signal: AbortSignal;
  /** Closes the stream. */
  readonly close: () => void;
  /** The id to go on after: that of the last event that was taken, `""` for none. */
  lastEventId: string;
  /** The least time between two connections, in milliseconds, as the server asked last; three seconds until it does. */
  reconnectionTime: number;
  /** The origin of the events: that of the URL after redirects. */
  origin: string;
  /** What the server said last about where the stream begins; `undefined` if it said nothing. */
  resumeState: ResumeState | undefined;
}

/** The last event id changed by a block without data, as one that primes a stream. */
export interface IdItem {
  readonly lastEventId: string;
}

/** The stream is open. */
export interface OpenItem {
  readonly origin: string;
}

/** The connection is over. The next attempt follows, unless there is no `retryInMs`. */
export interface ErrorItem {
  readonly error: EventSourceError;
  readonly retryInMs?: number;
}

/** What happens to a stream. */
export type StreamItem = DecodedEvent | IdItem | ResumeDetail | OpenItem | ErrorItem;

/** Begins a stream; throws what the constructor of `EventSource` does. */
export function newStream(given: string | URL, init: EventSourceInit): StreamState {
  const url = parseUrl(given);
  checkInit(url, init);
  const { lastEventId = "", clock = systemClock } = init;
  const closing = new AbortController();
  const { signal } = closing;
  const close = () => closing.abort();
  if (init.signal?.aborted) close();
  init.signal?.addEventListener("abort", close, { signal });
  return {
    url,
    init,
    clock,
    signal,
    close,
    lastEventId,
    reconnectionTime: 3000,
    origin: url.origin,
    resumeState: undefined,
  };
}

/** Notes what an item means for the stream; gives what the server says in it about where the stream begins. */
export function advance(stream: StreamState, item: StreamItem): ResumeDetail | undefined {
  let detail: ResumeDetail | undefined;
  // Events first: of them there are many.
  if ("data" in item) detail = readLoss(item, stream.init.noticeTypes);
  else if ("origin" in item) stream.origin = item.origin;
  else if ("outcome" in item) detail = item;
  if ("lastEventId" in item) stream.lastEventId = item.lastEventId;
  if (detail) stream.resumeState = detail.outcome;
  return detail;
}
