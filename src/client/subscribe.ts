/**
 * An event stream as something to loop over, which reconnects by itself.
 *
 * ```ts
 * import { subscribe } from "dodona/client";
 *
 * interface Events {
 *   tick: { time: number };
 *   message: string;
 * }
 *
 * for await (const event of subscribe<Events>("https://example.com/events", { json: true })) {
 *   if (event.type === "tick") console.log(event.data.time);
 *   else break; // closes the connection
 * }
 * ```
 *
 * @module
 */
import type { EventSourceError } from "./client-error.ts";
import type { EventSourceInit } from "./event-source-init.ts";
import { follow } from "./follow.ts";
import { END, loopOver } from "./item-loop.ts";
import { parseJson } from "./parse-json.ts";
import type { ResumeDetail } from "./resume-state.ts";
import { advance, newStream, type StreamItem, type StreamState } from "./stream-state.ts";

/** An event of the stream, by the types of an event map: from an event's type to that of its data. */
export type SubscribedEvent<EventMap> = {
  [Type in keyof EventMap & string]: {
    readonly type: Type;
    readonly data: EventMap[Type];
    /** The id to begin after in order to go on after this event. */
    readonly lastEventId: string;
  };
}[keyof EventMap & string];

/** What an `EventSource` takes, whether data is JSON, and who hears of what is no event. */
export interface SubscribeOptions extends EventSourceInit {
  /** Whether the data of each event is JSON, to be given parsed. @default false */
  readonly json?: boolean | undefined;
  /** The stream is open, for the first time or again. */
  readonly onOpen?: (() => void) | undefined;
  /** A connection is over, and the next attempt follows in `retryInMs` milliseconds. */
  readonly onError?: ((error: EventSourceError, retryInMs: number) => void) | undefined;
  /** The server said where the stream begins. */
  readonly onResume?: ((detail: ResumeDetail) => void) | undefined;
}

/** The events of {@linkcode subscribe}, and what the stream keeps. */
export interface Subscription<EventMap> extends AsyncIterableIterator<SubscribedEvent<EventMap>, void, void> {
  /** Its id, its reconnection time and what the server said about where it begins. */
  readonly stream: Readonly<Pick<StreamState, "lastEventId" | "reconnectionTime" | "resumeState">>;
  /** Closes the connection for good, and ends the loop, also one that waits for an event. */
  close(): void;
  /** What leaving the loop calls: closes. */
  return(): Promise<IteratorResult<SubscribedEvent<EventMap>, void>>;
}

/**
 * Follows a stream over its connections, at the pace of the loop: what is not asked for is not read from the socket,
 * but for the rest of one chunk. The first connection is made when the first event is asked for.
 *
 * The loop ends when the subscription is closed, by `break`, `close()` or `init.signal`. It throws an
 * {@linkcode EventSourceError} when a connection fails for good, or, with `json`, for data that is none.
 *
 * Throws at once as the constructor of `EventSource` does.
 */
export function subscribe<EventMap = Record<string, string>>(
  url: string | URL,
  options: SubscribeOptions = {},
): Subscription<EventMap> {
  const { json, onOpen, onError, onResume } = options;
  const stream = newStream(url, options);
  const take = (item: StreamItem) => {
    if (stream.signal.aborted) return END;
    const detail = advance(stream, item);
    if (detail) onResume?.(detail);
    if ("data" in item) return (json ? parseJson(item) : item) as SubscribedEvent<EventMap>;
    if ("origin" in item) onOpen?.();
    else if ("error" in item) {
      if (item.retryInMs === undefined) throw item.error;
      onError?.(item.error, item.retryInMs);
    }
    return undefined;
  };
  return { stream, close: stream.close, ...loopOver(follow(stream), take, stream.close) };
}
