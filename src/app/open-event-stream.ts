/**
 * Answers a request with an event stream, by the best way that its server offers.
 *
 * @module
 */

import type { ByteSink } from "../sse/byte-sink.ts";
import {
  type EventStreamTargetInit,
  ServerSentEventStreamTarget,
  type ServerSentEventTargetOptions,
} from "../sse/event-stream-target.ts";
import { readLastEventId } from "../sse/last-event-id.ts";
import { eventStreamHeaders } from "../sse/response-headers.ts";
import { StreamSink } from "../sse/stream-sink.ts";
import { type ResponseHead, readHeader, type ServerRequest } from "./server-request.ts";

/** What whoever counts streams adds. */
export type EventStreamCare = Pick<EventStreamTargetInit, "onEnd" | "refusal">;

/**
 * Opens a target on `request`. The head leaves at once, with the headers of `options`.
 *
 * The answer to a HEAD request has the stream's headers and no body, and the target closes. Throws a
 * `TypeError` when the request was answered already, and for options out of bounds.
 */
export function openEventStream(
  request: ServerRequest,
  options: ServerSentEventTargetOptions = {},
  care: EventStreamCare = {},
): ServerSentEventStreamTarget {
  const init: EventStreamTargetInit = {
    ...options,
    ...care,
    lastEventId: readLastEventId(readHeader(request, "last-event-id"), request.url),
  };
  const own = options.headers === undefined ? undefined : new Headers(options.headers);
  const head = { status: 200, headers: eventStreamHeaders(own, request.httpVersion === 1) };
  if (request.method !== "HEAD") {
    return new ServerSentEventStreamTarget({ ...init, sink: () => openSink(request, head) });
  }
  const target = new ServerSentEventStreamTarget(init);
  // Later in the turn, so that whoever cleans up on its signal hears it.
  queueMicrotask(() => target.abort("close"));
  void request.respond(new globalThis.Response(null, head));
  return target;
}

/** A server that offers no stream of its own gets a body to read. */
function openSink(request: ServerRequest, head: ResponseHead): ByteSink {
  if (request.openStream !== undefined) return request.openStream(head);
  const sink = new StreamSink();
  if (request.signal !== undefined) sink.abortBy(request.signal);
  void request.respond(new globalThis.Response(sink.body, head));
  return sink;
}
