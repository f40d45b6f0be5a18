/**
 * An event stream on a Node response, for those who stay with another framework.
 *
 * ```ts
 * import { createServer } from "node:http";
 * import { sendEvents } from "dodona/node";
 *
 * createServer((request, response) => {
 *   const target = sendEvents(request, response);
 *   target.dispatchMessage({ hello: "world" });
 * }).listen(8000);
 * ```
 *
 * @module
 */

import type { OutgoingHttpHeaders } from "node:http";
import { openEventStream } from "../app/open-event-stream.ts";
import type {
  ServerSentEventStreamTarget,
  ServerSentEventTargetOptions,
} from "../sse/event-stream-target.ts";
import { type NodeRequest, type NodeResponse, NodeServerRequest } from "./node-server-request.ts";

/**
 * Answers with an event stream and gives its target. Headers that were set on `response` before are sent too.
 *
 * The framework must not answer as well: with Koa set `ctx.respond = false`, with Fastify call
 * `reply.hijack()`. Throws an `Error` when the head was sent already, and for options out of bounds.
 */
export function sendEvents(
  request: NodeRequest,
  response: NodeResponse,
  options: ServerSentEventTargetOptions = {},
): ServerSentEventStreamTarget {
  if (response.headersSent) throw new Error("Cannot send events: the head of the response was sent already");
  const headers = mergeHeaders(response.getHeaders(), options.headers);
  return openEventStream(new NodeServerRequest(request, response), { ...options, headers });
}

/** What was set before, and over it what is given now. */
function mergeHeaders(set: OutgoingHttpHeaders, given: HeadersInit | undefined): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(set)) {
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one));
  }
  for (const [name, value] of new Headers(given)) headers.set(name, value);
  return headers;
}
