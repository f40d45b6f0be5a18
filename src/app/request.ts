/**
 * The request as a handler sees it.
 *
 * @module
 */

import { createHttpError } from "../http/http-error.ts";
import { Body, type JsonReviver } from "./body.ts";
import type { ServerRequest } from "./server-request.ts";

/** No more of `X-Forwarded-For` is read: characters, addresses. */
const MAX_FORWARDED_LENGTH = 4096;
const MAX_FORWARDED_ADDRESSES = 100;

/** What the application and the server know beside the request. */
export interface RequestOptions {
  /** Whether a proxy in front of the server is believed. */
  proxy?: boolean;
  /** Whether the connection is encrypted. */
  secure?: boolean;
  jsonBodyReviver?: JsonReviver | undefined;
  /** Above so many bytes of body a read is refused with 413. */
  bodyLimitBytes?: number | undefined;
}

/** One HTTP request, read from a {@linkcode ServerRequest} as far as it is asked for. */
export class Request {
  /** The body, whether there is one or not. */
  readonly body: Body;
  /** Whether the connection to the client is encrypted. */
  readonly secure: boolean;
  readonly #request: ServerRequest;
  readonly #proxy: boolean;
  #url: URL | undefined;

  constructor(request: ServerRequest, options: RequestOptions = {}) {
    this.#request = request;
    this.#proxy = options.proxy ?? false;
    this.secure = options.secure ?? false;
    const { bodyLimitBytes, jsonBodyReviver } = options;
    this.body = new Body(request, {
      reviver: jsonBodyReviver,
      ...(bodyLimitBytes === undefined ? {} : { limitBytes: bodyLimitBytes }),
    });
  }

  get hasBody(): boolean {
    return this.body.has;
  }

  get headers(): Headers {
    return this.#request.headers;
  }

  get method(): string {
    return this.#request.method;
  }

  /** The request as the server handed it over. */
  get originalRequest(): ServerRequest {
    return this.#request;
  }

  /** The request as the Fetch Standard has it, where the server has one. */
  get source(): globalThis.Request | undefined {
    return this.#request.request;
  }

  /** Aborted when the client is gone. */
  get signal(): AbortSignal {
    return this.#request.signal;
  }

  /** The client's address: of its end of the connection, or the first that a believed proxy names. */
  get ip(): string {
    return (this.#proxy ? this.ips[0] : this.#request.remoteAddr) ?? "";
  }

  /** With a believed proxy, the addresses that it names, the client's first; else none. */
  get ips(): string[] {
    if (!this.#proxy) return [];
    const forwarded = this.#request.getHeader("x-forwarded-for") ?? this.#request.remoteAddr ?? "";
    return forwarded
      .slice(0, MAX_FORWARDED_LENGTH)
      .split(",", MAX_FORWARDED_ADDRESSES)
      .map((address) => address.trim())
      .filter((address) => address !== "");
  }

  /** The URL of the request. Throws an `HttpError` 400 when what the client sent makes none. */
  get url(): URL {
    this.#url ??= this.#readUrl();
    return this.#url;
  }

  #readUrl(): URL {
    const { rawUrl, url } = this.#request;
    const sent = this.#request.getHeader("host") ?? this.#request.getHeader(":authority");
    // Also where the server made a whole URL: it may have made it of this.
    if (!this.#proxy && rawUrl !== undefined) return parseUrl(rawUrl, sent ?? "");
    const proto = this.#proxy
      ? first(this.#request.getHeader("x-forwarded-proto"))?.toLowerCase()
      : undefined;
    const secure = proto === undefined ? this.secure : proto === "https";
    const forwarded = this.#proxy ? first(this.#request.getHeader("x-forwarded-host")) : undefined;
    const host = forwarded ?? sent ?? (rawUrl === undefined ? "" : parseUrl(rawUrl).host);
    // A client of HTTP/1.0 need not name a host.
    return parseUrl(`${secure ? "https" : "http"}://${host || "localhost"}${url}`, host);
  }
}

/** Parses `url`, which was made with `host`: one with a slash or the like would move the path (RFC 3986, 3.2). */
function parseUrl(url: string, host = ""): URL {
  if (URL.canParse(url) && !/[\s/?#@\\]/.test(host)) return new URL(url);
  throw createHttpError(400, `The server request URL of "${url}" is invalid.`);
}

/** The first of a list that proxies have made, one after another. */
function first(header: string | null): string | undefined {
  return header?.split(",", 1)[0]?.trim();
}
