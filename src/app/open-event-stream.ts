/**
 * Answers a request with an event stream, by the best way that its server offers.
 *
 * @module
 */

import {
  type EventStreamTargetInit,
  ServerSentEventStreamTarget,
  type ServerSentEventTargetOptions,
} from "../sse/event-stream-target.ts";
import { readLastEventId } from "../sse/last-event-id.ts";
import { eventStreamHeaders } from "../sse/response-headers.ts";
import type { ServerRequest } from "./server-request.ts";

/**
 * Opens a target on `request`. The head leaves at once, with the headers of `options`.
 *
 * The answer to a HEAD request has the stream's headers and no body, and the target is closed. Throws a
 * `TypeError` when the request was answered already, and for options out of bounds.
 */
export function openEventStream(
  request: ServerRequest,
  options: ServerSentEventTargetOptions = {},
  onEnd?: (target: ServerSentEventStreamTarget) => void,
): ServerSentEventStreamTarget {
  const init: EventStreamTargetInit = {
    ...options,
    lastEventId: readLastEventId(request.getHeader("last-event-id"), request.url),
    ...(onEnd === undefined ? {} : { onEnd }),
  };
  if (request.openStream !== undefined && request.method !== "HEAD") {
    const own = options.headers === undefined ? undefined : new Headers(options.headers);
    const headers = eventStreamHeaders(own, request.httpVersion === 1);
    return new ServerSentEventStreamTarget({ ...init, sink: request.openStream({ status: 200, headers }) });
  }
  const target = new ServerSentEventStreamTarget({ ...init, clientSignal: request.signal });
  const [body, responseInit] = target.asResponseInit();
  const isHead = request.method === "HEAD";
  if (isHead) target.abort("close");
  void request.respond(new Response(isHead ? null : body, responseInit));
  return target;
}
