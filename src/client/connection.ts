/**
 * One attempt at a stream: asks, and looks at the answer as the standard does.
 *
 * @module
 */
import { EventSourceError } from "./client-error.ts";
import type { EventSourceInit, PerAttempt } from "./event-source-init.ts";
import type { StreamState } from "./stream-state.ts";

/**
 * Asks for the stream; resolves with an answer that is one.
 *
 * Rejects with an {@linkcode EventSourceError} for an answer that is none, and with whatever the request or the
 * functions for headers and body fail with; with the reason of `signal`, even if a `fetch` that was given does not
 * heed it.
 *
 * @see WHATWG HTML 9.2.2, the steps of the constructor, and 9.2.4, the `Last-Event-ID` header
 */
export async function openConnection(
  { url, init, lastEventId }: StreamState,
  signal: AbortSignal,
): Promise<Response> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  signal.throwIfAborted();
  const response = await Promise.race([ask(url, init, lastEventId, signal), aborted]);
  checkAnswer(response);
  return response;
}

async function ask(
  url: URL,
  { headers, body, method, withCredentials, fetch = globalThis.fetch }: EventSourceInit,
  lastEventId: string,
  signal: AbortSignal,
): Promise<Response> {
  const fields = new Headers(await valueNow(headers));
  // [spec] Set (`Accept`, `text/event-stream`) in request's header list.
  if (!fields.has("accept")) fields.set("accept", EVENT_STREAM);
  // In a page the cache mode says it, where the field would need the leave of other origins.
  if (!globalThis.location) fields.set("cache-control", "no-cache");
  // [spec] Let lastEventIDValue be the EventSource object's last event ID string, encoded as UTF-8.
  const id = Array.from(new TextEncoder().encode(lastEventId), (byte) => String.fromCharCode(byte)).join("");
  // No field may hold a control character: a request with one would never leave, or be refused for good.
  if (/^[\t -~\x80-\xff]+$/.test(id)) fields.set("last-event-id", id);
  return fetch(url.href, {
    method,
    headers: fields,
    body: await valueNow(body),
    credentials: withCredentials ? "include" : undefined,
    // [spec] Set request's cache mode to "no-store".
    cache: "no-store",
    signal,
  } as RequestInit);
}

const EVENT_STREAM = "text/event-stream";

/**
 * Throws an {@linkcode EventSourceError} for an answer that is no event stream.
 *
 * [spec] If res's status is not 200, or if res's `Content-Type` is not `text/event-stream`, then fail the
 * connection. The type is that of the last value, whatever its parameters.
 */
export function checkAnswer(response: Response): void {
  const { status, headers } = response;
  if (status !== 200) throw new EventSourceError("status", { detail: status, response });
  const type = headers.get("content-type") ?? "";
  if (!/(?:^|,)\s*text\/event-stream\s*(?:;(?:[^",]|"[^"]*")*)?$/i.test(type)) {
    throw new EventSourceError("content-type", { detail: type, response });
  }
}

function valueNow<Value>(value: PerAttempt<Value>): Value | Promise<Value> {
  return typeof value === "function" ? (value as () => Value)() : value;
}
