/**
 * The request as a handler sees it.
 *
 * @module
 */

import { createHttpError } from "../http/http-error.ts";
import { showAs } from "../http/inspect.ts";
import { accepts, acceptsEncodings, acceptsLanguages } from "../http/negotiation.ts";
import { compileProxyTrust, type ProxyReader, type ProxyTrust } from "../http/proxy-trust.ts";
import { UserAgent } from "../http/user-agent.ts";
import type {
  ServerSentEventStreamTarget,
  ServerSentEventTargetOptions,
} from "../sse/event-stream-target.ts";
import { Body, type JsonReviver } from "./body.ts";
import { openEventStream } from "./open-event-stream.ts";
import { readHeader, type ServerRequest, type UpgradeOptions } from "./server-request.ts";

/** What the application and the server know beside the request. */
export interface RequestOptions {
  /** Which proxies in front of the server are believed. @default false */
  proxy?: ProxyTrust | ProxyReader | undefined;
  /** Whether the connection is encrypted. */
  secure?: boolean | undefined;
  jsonBodyReviver?: JsonReviver | undefined;
  /** Above so many bytes of body a read is refused with 413. */
  bodyLimitBytes?: number | undefined;
  /** Whether a body with the coding gzip or deflate is decoded, instead of refused with 415. */
  decompressBody?: boolean | undefined;
}

/** What the believed proxies say of the client. */
type ProxyWord = ReturnType<ProxyReader["read"]>;

/** A host by name or IPv4 address; whatever else it may be, `URL` judges it. */
const PLAIN_HOST = /^[\w.-]+(?::\d+)?$/;
/** The characters of a path that a URL keeps as they are, by their codes. */
const PLAIN_CHARACTERS: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[\w\-~!$&'()*+,;=:@/.]/.test(String.fromCharCode(code)),
);
const SLASH = 0x2f;
const DOT = 0x2e;
const QUERY = 0x3f;

/** One HTTP request, read from a {@linkcode ServerRequest} as far as it is asked for. */
export class Request {
  readonly #request: ServerRequest;
  readonly #options: RequestOptions;
  readonly #proxy: ProxyReader | undefined;
  #proxyWord: ProxyWord | undefined;
  #body: Body | undefined;
  #url: URL | undefined;
  #userAgent: UserAgent | undefined;

  static {
    showAs(this, "Request", ({ body, hasBody, headers, ip, ips, method, secure, url, userAgent }) => {
      return { body, hasBody, headers, ip, ips, method, secure, url: url.toString(), userAgent };
    });
  }

  constructor(request: ServerRequest, options: RequestOptions = {}) {
    const { proxy } = options;
    this.#request = request;
    this.#options = options;
    if (proxy) this.#proxy = isProxyReader(proxy) ? proxy : compileProxyTrust(proxy);
  }

  /** The body, whether there is one or not. */
  get body(): Body {
    if (this.#body === undefined) {
      const { bodyLimitBytes, decompressBody = false, jsonBodyReviver } = this.#options;
      const options = { limitBytes: bodyLimitBytes, reviver: jsonBodyReviver, decompress: decompressBody };
      this.#body = new Body(this.#request, options);
    }
    return this.#body;
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

  /** Aborted when the client is gone. Never, where the server does not notice. */
  get signal(): AbortSignal {
    return this.#request.signal ?? this.#request.request?.signal ?? new AbortController().signal;
  }

  /** Whether the connection is encrypted, or a believed proxy says that the client's is. */
  get secure(): boolean {
    return this.#options.secure === true || this.#readProxy()?.proto === "https";
  }

  /** The client's address: of its end of the connection, or as a believed proxy names it. */
  get ip(): string {
    return this.#readProxy()?.ip ?? this.#request.remoteAddr ?? "";
  }

  /** With a believed proxy, the addresses that it names, the client's first; else none. */
  get ips(): string[] {
    return this.#readProxy()?.ips ?? [];
  }

  /**
   * The path of the URL, encoded as the URL has it, without the query: what a router matches.
   *
   * Throws an `HttpError` 400 as `url` does.
   */
  get path(): string {
    if (this.#url === undefined && this.#proxy === undefined && this.#hasPlainHost()) {
      const path = plainPath(this.#request.url);
      if (path !== undefined) return path;
    }
    return this.url.pathname;
  }

  /** The URL of the request. Throws an `HttpError` 400 when what the client sent makes none. */
  get url(): URL {
    this.#url ??= this.#readUrl();
    return this.#url;
  }

  /** What the client says it is. */
  get userAgent(): UserAgent {
    this.#userAgent ??= new UserAgent(readHeader(this.#request, "user-agent"));
    return this.#userAgent;
  }

  /** The media types that the client accepts, the best first. */
  accepts(): string[];
  /** The one of `types` (media types or extensions) that the client likes best; `undefined` for none. */
  accepts(...types: string[]): string | undefined;
  accepts(...types: string[]): string | string[] | undefined {
    return accepts(readHeader(this.#request, "accept"), ...types);
  }

  /** The content encodings that the client accepts, the best first. */
  acceptsEncodings(): string[];
  /** The one of `encodings` that the client likes best; `undefined` for none. */
  acceptsEncodings(...encodings: string[]): string | undefined;
  acceptsEncodings(...encodings: string[]): string | string[] | undefined {
    return acceptsEncodings(readHeader(this.#request, "accept-encoding"), ...encodings);
  }

  /** The languages that the client accepts, the best first. */
  acceptsLanguages(): string[];
  /** The one of `languages` that the client likes best; `undefined` for none. */
  acceptsLanguages(...languages: string[]): string | undefined;
  acceptsLanguages(...languages: string[]): string | string[] | undefined {
    return acceptsLanguages(readHeader(this.#request, "accept-language"), ...languages);
  }

  /**
   * Answers with an event stream, past the response and the application's limits of streams; a handler calls
   * `ctx.sendEvents`.
   */
  sendEvents(options?: ServerSentEventTargetOptions): ServerSentEventStreamTarget {
    return openEventStream(this.#request, options);
  }

  /**
   * Answers by making the connection a WebSocket, past the response; a handler calls `ctx.upgrade`.
   *
   * Throws a `TypeError` where the server can't, and for a request that asks for none.
   */
  upgrade(options?: UpgradeOptions): WebSocket {
    if (this.#request.upgrade === undefined) {
      throw new TypeError("Web sockets upgrade not supported in this runtime.");
    }
    return this.#request.upgrade(options);
  }

  /** Whether the host can't have moved the path; a server that made a whole URL has looked at it. */
  #hasPlainHost(): boolean {
    if (this.#request.rawUrl !== undefined) return true;
    const host = readHeader(this.#request, "host");
    return host !== null && PLAIN_HOST.test(host);
  }

  #readProxy(): ProxyWord | undefined {
    if (this.#proxy === undefined) return undefined;
    this.#proxyWord ??= this.#proxy.read(this.#request.remoteAddr, (name) => readHeader(this.#request, name));
    return this.#proxyWord;
  }

  #readUrl(): URL {
    const { rawUrl, url } = this.#request;
    const sent = readHeader(this.#request, "host") ?? readHeader(this.#request, ":authority");
    // Also where the server made a whole URL: it may have made it of this.
    if (this.#proxy === undefined && rawUrl !== undefined) return parseUrl(rawUrl, sent ?? "");
    const { proto, host: forwarded } = this.#readProxy() ?? {};
    const secure = proto === undefined ? this.#options.secure === true : proto === "https";
    const host = forwarded ?? sent ?? (rawUrl === undefined ? "" : parseUrl(rawUrl).host);
    // A client of HTTP/1.0 need not name a host.
    return parseUrl(`${secure ? "https" : "http"}://${host || "localhost"}${url}`, host);
  }
}

/** The path of a URL without its host, if a URL keeps it as it is: there is nothing to be encoded, and no dot segment. */
function plainPath(url: string): string | undefined {
  if (url.charCodeAt(0) !== SLASH) return undefined;
  let before = 0;
  // One walk costs less than to ask for this and that of such short texts.
  for (let at = 0; at < url.length; at++) {
    const code = url.charCodeAt(at);
    if (code === QUERY) return url.slice(0, at);
    if (PLAIN_CHARACTERS[code] !== true || (code === DOT && before === SLASH)) return undefined;
    before = code;
  }
  return url;
}

/** Parses `url`, which was made with `host`: one with a slash or the like would move the path (RFC 3986, 3.2). */
function parseUrl(url: string, host = ""): URL {
  if (URL.canParse(url) && !/[\s/?#@\\]/.test(host)) return new URL(url);
  throw createHttpError(400, `The server request URL of "${url}" is invalid.`);
}

function isProxyReader(proxy: ProxyTrust | ProxyReader): proxy is ProxyReader {
  return typeof proxy === "object" && "read" in proxy;
}
