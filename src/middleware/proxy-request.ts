/**
 * What a proxy asks of the other server: the client's request, as far as it is to be passed on.
 *
 * @module
 */

import type { Context } from "../app/context.ts";
import { readHeader, type ServerRequest } from "../app/server-request.ts";
import { formatForwarded, parseForwarded } from "../http/forwarded.ts";
import { removeHopByHop } from "../http/hop-by-hop.ts";
import { createHttpError } from "../http/http-error.ts";
import type { ProxyExchange } from "./proxy-exchange.ts";

/** The parameters of the route in which a proxy stands. */
export type ProxyParams = Record<string, string | undefined>;

/** How the client's request becomes the one that the other server gets. */
export interface ProxyRequestOptions {
  /** Headers to set, or what makes them. */
  headers?: HeadersInit | ((context: Context) => HeadersInit | Promise<HeadersInit>) | undefined;
  /**
   * Another path for a path: by a list, or made by a function, which is also given the parameters of the route.
   * It is put behind the path of the target, without the query.
   */
  map?: Readonly<Record<string, string>> | ((path: string, params?: ProxyParams) => string) | undefined;
  /**
   * Whether the other server is told of the client and of its connection: by `X-Forwarded-For`, `-Host` and
   * `-Proto`, and by `Forwarded` where the request has it. @default true
   */
  proxyHeaders?: boolean | undefined;
  /** Whether a redirect of the other server is passed on to the client, or followed. @default "manual" */
  redirect?: "manual" | "follow" | undefined;
  /** Changes the request before it is sent; the length of its body is not announced then. */
  request?: ((request: globalThis.Request) => globalThis.Request | Promise<globalThis.Request>) | undefined;
}

/** `fetch` sends none of them. */
const METHODS_REFUSED: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);
/** Of this hop though no standard says so: the proxy has its own. */
const NOT_PASSED_ON = ["accept-encoding", "expect", "host"];
/** What a URL takes for "." or "..". */
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Makes the request for the server at `target`.
 *
 * Rejects with an `HttpError`: 501 for a method that can't be passed on, 400 for a body of GET or HEAD and for a
 * path with dot segments; and as the body does where it was read before.
 */
export async function makeProxyRequest(
  target: URL,
  context: Context,
  exchange: ProxyExchange,
  options: ProxyRequestOptions,
): Promise<globalThis.Request> {
  const { method, url } = context.request;
  if (METHODS_REFUSED.has(method)) throw createHttpError(501, `The method ${method} is not passed on`);
  const destination = joinTarget(target, mapPath(context, options.map), url.search);
  const headers = new Headers(context.request.headers);
  const peer = readPeer(context);
  removeHopByHop(headers);
  for (const name of NOT_PASSED_ON) headers.delete(name);
  // A part of what is compressed could not be decompressed on the way.
  if (headers.has("range")) headers.set("accept-encoding", "identity");
  const body = await readBody(context, headers, exchange, options.request === undefined);
  await setHeaders(headers, context, options.headers);
  if (options.proxyHeaders !== false) forward(headers, peer);
  const request = new globalThis.Request(destination, {
    method,
    headers,
    body,
    redirect: options.redirect ?? "manual",
    signal: exchange.signal,
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  });
  return (await options.request?.(request)) ?? request;
}

/**
 * Puts `path` behind the path of `target`, whose host it can't change, nor lead out of its path.
 *
 * Throws an `HttpError` 400 for a path with dot segments: no client's path has any, unless parameters were put
 * into it.
 */
export function joinTarget(target: URL, path: string, search: string): URL {
  // As the URL itself reads it.
  const plain = path.replace(/[\t\n\r]/g, "").replaceAll("\\", "/");
  if (DOT_SEGMENT.test(plain)) throw createHttpError(400, `The path "${path}" leads out of its place`);
  const url = new URL(target);
  url.pathname = url.pathname.replace(/\/$/, "") + (plain.startsWith("/") ? plain : `/${plain}`);
  url.search = search;
  url.hash = "";
  return url;
}

function mapPath(context: Context & { params?: ProxyParams }, map: ProxyRequestOptions["map"]): string {
  const path = context.request.url.pathname;
  if (typeof map === "function") return map(path, context.params);
  return (map !== undefined && Object.hasOwn(map, path) ? map[path] : undefined) ?? path;
}

/** Gives the body, and makes `headers` say of it what is true: what was read before is decoded. */
async function readBody(
  context: Context,
  headers: Headers,
  exchange: ProxyExchange,
  keepsLength: boolean,
): Promise<BodyInit | null> {
  const { method, hasBody } = context.request;
  if (hasBody && (method === "GET" || method === "HEAD")) {
    throw createHttpError(400, `The body of a ${method} request is not passed on`);
  }
  const body = await context.request.body.init();
  if (body instanceof ReadableStream) {
    if (!keepsLength) headers.delete("content-length");
    return exchange.upload(body as ReadableStream<Uint8Array<ArrayBuffer>>);
  }
  headers.delete("content-length");
  if (body === null) return null;
  headers.delete("content-encoding");
  if (body instanceof FormData) headers.delete("content-type");
  else if (typeof body === "string") setCharset(headers);
  return body;
}

/** Text is sent as UTF-8, whatever it came as. */
function setCharset(headers: Headers): void {
  const type = headers.get("content-type");
  if (type !== null) headers.set("content-type", type.replace(/;[\t ]*charset=[^;]*/i, "; charset=UTF-8"));
}

async function setHeaders(
  headers: Headers,
  context: Context,
  own: ProxyRequestOptions["headers"],
): Promise<void> {
  const init = typeof own === "function" ? await own(context) : own;
  for (const [name, value] of new Headers(init)) headers.set(name, value);
}

/** The other end of the connection that the request came by. */
interface Peer {
  address: string;
  host: string | null;
  proto: "http" | "https";
}

function readPeer(context: Context): Peer {
  const { request } = context;
  // What was made by hand for a test may have no server's request.
  const origin: ServerRequest | undefined = request.originalRequest;
  const host = request.headers.get("host") ?? (origin && readHeader(origin, ":authority"));
  return {
    address: origin?.remoteAddr || request.ip || "unknown",
    host: host ?? null,
    proto: request.secure ? "https" : "http",
  };
}

/**
 * Adds what this proxy saw to what those before it have. All headers say the same: which of them the other server
 * believes is its own affair.
 */
function forward(headers: Headers, { address, host, proto }: Peer): void {
  const forwarded = headers.get("forwarded");
  if (forwarded !== null && parseForwarded(forwarded) === undefined) headers.delete("forwarded");
  else if (forwarded !== null) {
    const connection = host === null ? {} : { host, proto };
    headers.append("forwarded", formatForwarded({ for: address, ...connection }));
  }
  headers.append("x-forwarded-for", address);
  headers.append("x-forwarded-proto", proto);
  if (host !== null) headers.append("x-forwarded-host", host);
}
