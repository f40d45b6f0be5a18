/**
 * Passes requests on to another server, and its answers back, both as they flow.
 *
 * @example
 * ```ts
 * app.use(proxy("http://127.0.0.1:9000", { match: "/api/" }));
 * router.get("/events/:topic", proxy("http://127.0.0.1:9001/", { map: (_, params) => `/topics/${params?.topic}` }));
 * ```
 *
 * @module
 */

import type { Next } from "../app/compose.ts";
import type { Context } from "../app/context.ts";
import { ProxyExchange } from "./proxy-exchange.ts";
import { makeProxyRequest, type ProxyRequestOptions } from "./proxy-request.ts";
import { type ProxyResponseOptions, takeProxyResponse } from "./proxy-response.ts";

export type { ProxyParams } from "./proxy-request.ts";

/** What is passed on, and how. */
export interface ProxyOptions extends ProxyRequestOptions, ProxyResponseOptions {
  /**
   * What sends the request, instead of the runtime's `fetch`. It is taken to decode the body of the answer as that
   * does.
   */
  fetch?:
    | ((
        request: globalThis.Request,
        init: { context: Context; signal: AbortSignal },
      ) => globalThis.Response | Promise<globalThis.Response>)
    | undefined;
  /** Which requests are passed on: those whose path begins with it, or matches it, or for which it says so. */
  match?: string | RegExp | ((context: Context) => boolean) | undefined;
  /** Ends all that is passed on when it is aborted. */
  signal?: AbortSignal | undefined;
  /** How long the other server may take until the head of its answer, in milliseconds. @default unlimited */
  timeoutMs?: number | undefined;
}

/** Timers hold no longer time. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Makes a middleware that passes requests on to the server at `target`, with their path behind its path, and then
 * calls the next. Requests that don't match go to the next at once.
 *
 * - Bodies flow both ways as they come in, event streams too. When the other server ends its answer, so does the
 *   client's; when it breaks off, so does the client's connection; when the client leaves, the other server is left.
 * - What belongs to one connection stays there: `Host`, `Connection` and what that names, and the like.
 * - The client's `Accept-Encoding` is not passed on: `fetch` asks for what it can decode, and the client gets that
 *   decoded, hence without `Content-Encoding` and length, and with a weak `ETag`.
 *
 * It rejects with an `HttpError`: 502 when there is no answer, 504 when it takes longer than `timeoutMs`, 400 for a
 * path with dot segments that `map` made, for a body of GET or HEAD, and when the client leaves, 501 for CONNECT and
 * TRACE; and as the body of the request does.
 *
 * Throws a `TypeError` for a target that is no URL of HTTP or has credentials, a `RangeError` for a time that is none.
 *
 * @see RFC 9110, section 7.6
 */
export function proxy(
  target: string | URL,
  options: ProxyOptions = {},
): (context: Context, next: Next) => Promise<unknown> {
  const base = readTarget(target);
  checkTimeout(options.timeoutMs);
  return async (context, next) => {
    if (!matches(context, options.match)) return next();
    const { signal, timeoutMs } = options;
    const exchange = new ProxyExchange({ client: context.request.signal, signal, timeoutMs });
    // The answer ends with the response, however that ends.
    context.response.addResource({ close: () => exchange.end() });
    try {
      const request = await makeProxyRequest(base, context, exchange, options);
      const answer = await send(request, context, exchange, options.fetch);
      await takeProxyResponse(context.response, answer, request, options);
    } catch (error) {
      exchange.end();
      throw error;
    }
    return next();
  };
}

async function send(
  request: globalThis.Request,
  context: Context,
  exchange: ProxyExchange,
  fetch: ProxyOptions["fetch"] = globalThis.fetch,
): Promise<globalThis.Response> {
  try {
    // Once more the signal: `request` may be another than the one that was made with it.
    return await fetch(request, { context, signal: exchange.signal });
  } catch (error) {
    throw exchange.explain(error, request.url);
  } finally {
    exchange.answered();
  }
}

function readTarget(target: string | URL): URL {
  const text = String(target);
  if (!URL.canParse(text)) throw new TypeError(`Cannot proxy to "${text}": not a URL`);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(`Cannot proxy to "${text}": its scheme is neither http nor https`);
  }
  // Not quoted: what is secret stays out of errors.
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(
      `Cannot proxy to "${url.host}": its URL has credentials, which belong into the headers`,
    );
  }
  return url;
}

function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs === undefined || (timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) return;
  throw new RangeError(`Cannot proxy with a timeout of ${timeoutMs} ms: not between 0 and ${MAX_TIMEOUT_MS}`);
}

function matches(context: Context, match: ProxyOptions["match"]): boolean {
  if (match === undefined) return true;
  if (typeof match === "function") return match(context);
  const { pathname } = context.request.url;
  // Unlike `test`, `search` begins anew each time.
  return typeof match === "string" ? pathname.startsWith(match) : pathname.search(match) !== -1;
}
