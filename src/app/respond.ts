/**
 * Sends a response: the last step of a request.
 *
 * @module
 */

import { contentType } from "../http/content-type.ts";
import { isNullBodyStatus } from "../http/status.ts";
import { announceLength } from "./content-length.ts";
import { FileBody } from "./file-body.ts";
import type { Response } from "./response.ts";
import { type EncodedBody, encodeResponseBody } from "./response-body.ts";
import type { ServerRequest } from "./server-request.ts";

/**
 * Answers `request` with `response`, by the fastest way that the server offers, and closes the resources of the
 * response when it is over.
 *
 * A null-body status is sent without a body, and the answer to HEAD with the headers that GET would get.
 * Throws or rejects with what the body throws while it is encoded, and for headers that can't be sent; the
 * request is then not answered, and the response can be reset.
 */
export function respond(response: Response, request: ServerRequest): void | Promise<void> {
  const { source, status, replacer } = response;
  if (source !== undefined) return respondWith(source, response, request);
  if (isNullBodyStatus(status)) discard(response.body);
  const body = isNullBodyStatus(status) ? null : response.body;
  if (body instanceof FileBody && request.method !== "HEAD") {
    const sent = sendFile(body, response, request);
    if (sent !== undefined) return finalize(response, sent.then(endOf(response)), true);
  }
  const encoded = encodeResponseBody(body, { replacer, onEnd: endOf(response) });
  return encoded instanceof Promise
    ? encoded.then((later) => send(later, response, request))
    : send(encoded, response, request);
}

/** Sends `body` by one of the ways for files, if there is one; resolves when that is over. */
function sendFile(body: FileBody, response: Response, request: ServerRequest): Promise<void> | undefined {
  const { status } = response;
  if (body.whole !== undefined) {
    const sent = request.respondFile?.({ status, headers: typedHeaders(response) }, body.whole);
    if (sent !== undefined) return sent;
  }
  return request.respondFrom?.({ status, headers: response.headerList() }, body);
}

/** The headers of `response` itself, with its type: a list of them would have to be read again. */
function typedHeaders({ headers, type }: Response): Headers {
  const value = type === undefined || headers.has("content-type") ? undefined : contentType(type);
  if (value !== undefined) headers.set("content-type", value);
  return headers;
}

function send(
  { content, type }: EncodedBody,
  response: Response,
  request: ServerRequest,
): void | Promise<void> {
  const { status, statusText } = response;
  const headers = response.headerList(type);
  if (request.respondPlain !== undefined && isPlain(content)) {
    request.respondPlain({ status, headers }, content);
    return finalize(response);
  }
  const isHead = request.method === "HEAD";
  if (isPlain(content) && (isHead || content === null)) announceLength(headers, status, content);
  const whole = new globalThis.Response(content, { status, statusText, headers });
  const sent = request.respond(isHead ? headOf(whole) : whole);
  return finalize(response, sent, content instanceof ReadableStream && !isHead);
}

function respondWith(
  source: globalThis.Response,
  response: Response,
  request: ServerRequest,
): void | Promise<void> {
  if (request.method === "HEAD") return finalize(response, request.respond(headOf(source)));
  const onEnd = endOf(response);
  if (onEnd === undefined || source.body === null) return finalize(response, request.respond(source));
  // Before the body is looked at: Bun knows its type no more afterwards.
  const init = { status: source.status, statusText: source.statusText, headers: [...source.headers] };
  const { content } = encodeResponseBody(source.body, { onEnd }) as EncodedBody;
  return finalize(response, request.respond(new globalThis.Response(content, init)), true);
}

/** What tells the response that a body which flows is over, if there is anything to be closed then. */
function endOf(response: Response): (() => void) | undefined {
  return response.hasResources ? () => response.destroy() : undefined;
}

/**
 * From now on nothing can be changed, though the client may not have it all before `sent` resolves. What flows
 * frees its resources when it ends; for the rest that is now.
 */
function finalize(response: Response, sent?: void | Promise<void>, flows = false): void | Promise<void> {
  response.finalize();
  if (!flows && response.hasResources) response.destroy();
  return sent;
}

function isPlain(content: EncodedBody["content"]): content is string | Uint8Array<ArrayBuffer> | null {
  return typeof content === "string" || content instanceof Uint8Array || content === null;
}

/** The same response without its body, whose stream, if it is one, is cancelled. */
function headOf(response: globalThis.Response): globalThis.Response {
  const { status, statusText } = response;
  // Before the body is looked at: Bun knows its type no more afterwards.
  const headers = [...response.headers];
  discard(response.body);
  return new globalThis.Response(null, { status, statusText, headers });
}

/** Nobody will read it, so its source must know; whether it minds is of no interest any more. */
function discard(body: unknown): void {
  if (body instanceof ReadableStream) body.cancel().catch(() => undefined);
}
