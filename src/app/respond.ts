/**
 * Sends a response: the last step of a request.
 *
 * @module
 */

import { isNullBodyStatus } from "../http/status.ts";
import type { HeaderList } from "../sse/response-headers.ts";
import type { Response } from "./response.ts";
import { type BodyReplacer, encodeResponseBody } from "./response-body.ts";
import type { ServerRequest } from "./server-request.ts";

const encoder = new TextEncoder();

/**
 * Answers `request` with `response`, by the fastest way that the server offers.
 *
 * A null-body status is sent without a body, and the answer to HEAD with the headers that GET would get.
 * Rejects with what the body throws while it is encoded, and for headers that can't be sent; the request is then
 * not answered, and the response still writable.
 */
export async function respond(
  response: Response,
  request: ServerRequest,
  replacer?: BodyReplacer,
): Promise<void> {
  const { source, status, statusText } = response;
  if (source !== undefined) return finalize(response, request.respond(source));
  if (isNullBodyStatus(status)) discard(response.body);
  const body = isNullBodyStatus(status) ? null : response.body;
  const { content, type } = await encodeResponseBody(body, replacer);
  const headers = response.headerList(type);
  if (typeof content === "string" || content instanceof Uint8Array || content === null) {
    return finalize(response, respondPlain(request, status, headers, content));
  }
  const whole = new globalThis.Response(content, { status, statusText, headers });
  return finalize(response, request.respond(request.method === "HEAD" ? headOf(whole) : whole));
}

/** From now on nothing can be changed, though the client may not have it all before `sent` resolves. */
function finalize(response: Response, sent: void | Promise<void>): void | Promise<void> {
  response.finalize();
  return sent;
}

function respondPlain(
  request: ServerRequest,
  status: number,
  headers: HeaderList,
  content: string | Uint8Array<ArrayBuffer> | null,
): void | Promise<void> {
  const isHead = request.method === "HEAD";
  if (request.respondPlain !== undefined) {
    announceLength(headers, status, content);
    return request.respondPlain({ status, headers }, isHead ? null : content);
  }
  if (isHead || content === null) announceLength(headers, status, content);
  return request.respond(new globalThis.Response(isHead ? null : content, { status, headers }));
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

/**
 * Says how long the body is, or would be. A status without a body has no length.
 *
 * @see RFC 9110, section 8.6
 */
function announceLength(headers: HeaderList, status: number, content: string | Uint8Array | null): void {
  if (isNullBodyStatus(status) || headers.some(([name]) => name === "content-length")) return;
  const length = typeof content === "string" ? byteLength(content) : (content?.byteLength ?? 0);
  headers.push(["content-length", String(length)]);
}

function byteLength(text: string): number {
  return encoder.encode(text).byteLength;
}
