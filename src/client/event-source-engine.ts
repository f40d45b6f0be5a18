/**
 * Where an `EventSource` has its events from, and how they are shown: each in a task of its own, as the standard
 * asks.
 *
 * @module
 */
import { EventSourceError } from "./client-error.ts";
import { follow } from "./follow.ts";
import { readEvents } from "./read-events.ts";
import type { StreamItem, StreamState } from "./stream-state.ts";
import { createTasks } from "./task-queue.ts";

/**
 * PORT. Where an `EventSource` has its events from.
 *
 * Called once, by its constructor. Calls `show` in later tasks only, one for each item, in order, and no more after
 * `stream.signal` has aborted; nothing follows an error without `retryInMs`. Keeps `stream.reconnectionTime` up to
 * date. Must not throw or reject.
 */
export type EventSourceEngine = (stream: StreamState, show: (item: StreamItem) => void) => Promise<void>;

/** The engine of an `EventSource` that has its own connection. */
export const connect: EventSourceEngine = (stream, show) => pump(follow(stream), stream, show);

/** An engine that reads `body` to its end, and then closes. */
export function readOnce(body: ReadableStream<Uint8Array | string>): EventSourceEngine {
  return (stream, show) => pump(readAll(body, stream), stream, show);
}

async function pump(
  batches: AsyncIterable<StreamItem[]>,
  { signal }: StreamState,
  show: (item: StreamItem) => void,
): Promise<void> {
  const runTasks = createTasks(signal);
  for await (const items of batches) {
    await runTasks(items, show);
    if (signal.aborted) return;
  }
}

async function* readAll(
  body: ReadableStream<Uint8Array | string>,
  stream: StreamState,
): AsyncGenerator<StreamItem[], void, void> {
  let error = new EventSourceError("ended");
  try {
    yield [{ origin: stream.origin }];
    yield* readEvents(body, stream);
  } catch (cause) {
    error = cause as EventSourceError;
  }
  yield [{ error }];
}
