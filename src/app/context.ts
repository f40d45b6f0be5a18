/**
 * What a middleware is given: the request, the response, and what can be done about them.
 *
 * @module
 */

import { createHttpError } from "../http/http-error.ts";
import { showAs } from "../http/inspect.ts";
import type { KeyStackLike } from "../http/key-stack.ts";
import type { ProxyReader, ProxyTrust } from "../http/proxy-trust.ts";
import { SecureCookieMap } from "../http/secure-cookie-map.ts";
import type {
  ServerSentEventStreamTarget,
  ServerSentEventTargetOptions,
} from "../sse/event-stream-target.ts";
import type { HeaderList } from "../sse/response-headers.ts";
import type { RefusalReason } from "./application-metrics.ts";
import type { InFlight } from "./in-flight.ts";
import { openEventStream } from "./open-event-stream.ts";
import { Request, type RequestOptions } from "./request.ts";
import { Response } from "./response.ts";
import { type ContextSendOptions, send } from "./send.ts";
import { readHeader, type ServerRequest, type UpgradeOptions } from "./server-request.ts";

/** The state of a request or an application. */
// biome-ignore lint/suspicious/noExplicitAny: applications put anything there
export type State = Record<PropertyKey, any>;

/** What a context shows of its application, and needs of it. */
export interface ContextApplication<AppState extends State> extends EventTarget {
  proxy: ProxyTrust;
  state: AppState;
  keys: KeyStackLike | undefined;
  readonly handle: (request: globalThis.Request) => Promise<globalThis.Response | undefined>;
  readonly fetch: (request: globalThis.Request) => Promise<globalThis.Response>;
}

/** What an application knows when it makes a context. */
export interface ContextOptions {
  /** Whether the connection is encrypted. */
  secure?: boolean | undefined;
  /** Which proxies are believed; the application's word when left out. */
  proxy?: ProxyReader | false | undefined;
  jsonBodyReplacer?: ((key: string, value: unknown, context: Context) => unknown) | undefined;
  jsonBodyReviver?: ((key: string, value: unknown, context: Context) => unknown) | undefined;
  bodyLimitBytes?: number | undefined;
  decompressBody?: boolean | undefined;
  /** Where open streams and WebSockets are counted. */
  inFlight?: InFlight | undefined;
  /** What the platform handed to `fetch` beside the request, as Cloudflare's does. */
  env?: unknown;
  executionContext?: unknown;
}

/** How a reader is turned away. */
export interface RefuseEventsOptions extends Pick<ServerSentEventTargetOptions, "headers" | "retryWindowMs"> {
  /** Whether it is to try again. @default true */
  comeBack?: boolean;
}

/** Additions to an error that `assert` and `throw` make. */
// biome-ignore lint/suspicious/noExplicitAny: applications put anything there
export type ErrorProps = Record<string, any> & { expose?: boolean; headers?: Headers };

/** One request on its way through an application. */
export class Context<RequestState extends State = State, AppState extends State = State> {
  readonly app: ContextApplication<AppState>;
  readonly request: Request;
  readonly response: Response;
  /** For the application's own use, between its middleware. */
  state: RequestState;
  /** Whether the application answers when the middleware is through; set it to `false` to answer otherwise. */
  respond = true;
  /** What the platform handed to `fetch` beside the request: its bindings; `undefined` elsewhere. */
  readonly env: unknown;
  /** What the platform handed to `fetch` as the third: how to go on after the answer; `undefined` elsewhere. */
  readonly executionContext: unknown;
  readonly #serverRequest: ServerRequest;
  readonly #inFlight: InFlight | undefined;
  #cookies: SecureCookieMap | undefined;
  #target: ServerSentEventStreamTarget | undefined;
  #socket: WebSocket | undefined;

  static {
    showAs(this, "Context", ({ app, cookies, isUpgradable, respond, request, response, socket, state }) => {
      return { app, cookies, isUpgradable, respond, request, response, socket, state };
    });
  }

  constructor(
    app: ContextApplication<AppState>,
    serverRequest: ServerRequest,
    state: RequestState,
    options: ContextOptions = {},
  ) {
    this.app = app;
    this.state = state;
    this.env = options.env;
    this.executionContext = options.executionContext;
    this.#serverRequest = serverRequest;
    this.#inFlight = options.inFlight;
    this.request = new Request(serverRequest, this.#requestOptions(options));
    const { jsonBodyReplacer } = options;
    this.response = new Response(this.request, jsonBodyReplacer && this.#bind(jsonBodyReplacer));
  }

  /** The cookies of the request, and those that the response will set. */
  get cookies(): SecureCookieMap {
    if (this.#cookies === undefined) {
      const { request, response } = this;
      this.#cookies = new SecureCookieMap(request, { keys: this.app.keys, response, secure: request.secure });
    }
    return this.#cookies;
  }

  /** The target of the event stream, once there is one. */
  get eventTarget(): ServerSentEventStreamTarget | undefined {
    return this.#target;
  }

  /** Whether the client asks for a WebSocket. */
  get isUpgradable(): boolean {
    const upgrade = readHeader(this.#serverRequest, "upgrade");
    return (
      upgrade?.toLowerCase() === "websocket" && Boolean(readHeader(this.#serverRequest, "sec-websocket-key"))
    );
  }

  /** The WebSocket, once `upgrade` made one. */
  get socket(): WebSocket | undefined {
    return this.#socket;
  }

  /**
   * Answers with an event stream and gives its target; a second call gives the same one.
   *
   * The head leaves at once, with the headers that were set on the response and those of `options`. Where there are as
   * many streams as the application may have, and while it ends, the target is closed already, and its reader was told
   * to come back. Throws a `TypeError` when the request was answered already, and for options out of bounds.
   */
  sendEvents(options: ServerSentEventTargetOptions = {}): ServerSentEventStreamTarget {
    this.#target ??= this.#openEvents(options, this.#inFlight?.refusal);
    return this.#target;
  }

  /** The same as `sendEvents`. */
  getSSETarget(options?: ServerSentEventTargetOptions): ServerSentEventStreamTarget {
    return this.sendEvents(options);
  }

  /**
   * Turns the reader of an event stream away: with a stream that tells it to come back after a while, and ends; or with
   * 204, upon which an `EventSource` never comes again. No other status would do: to each it would be the end.
   *
   * Throws a `TypeError` when the request was answered already.
   *
   * @see WHATWG HTML 9.2.3, Processing model
   */
  refuseEvents({ comeBack = true, ...options }: RefuseEventsOptions = {}): void {
    if (this.#target !== undefined) {
      throw new TypeError("Cannot refuse the events: the request was answered already");
    }
    if (comeBack) {
      this.#target = this.#openEvents(options, "application");
      return;
    }
    for (const [name, value] of new Headers(options.headers)) this.response.headers.set(name, value);
    this.response.status = 204;
    this.response.body = null;
    this.#inFlight?.counters.countRefused("gone");
  }

  /**
   * Answers with a file below `root`: the one of the request's path unless `path` says another. Resolves with
   * its path; with `undefined` for a folder without index.
   *
   * Rejects with an `HttpError` as {@linkcode send} does.
   */
  send(options: ContextSendOptions): Promise<string | undefined> {
    const { path = this.request.path, ...others } = options;
    return send(this, path, others);
  }

  /**
   * Answers by making the connection a WebSocket, and gives it; a second call gives the same one. It opens in a
   * later turn, and is closed with 1001 when the application ends.
   *
   * Throws a `TypeError` where the server can't, and for a request that asks for none: see `isUpgradable`.
   */
  upgrade(options?: UpgradeOptions): WebSocket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = this.request.upgrade(options);
    this.#answeredOtherwise();
    this.#inFlight?.socket(socket);
    this.#socket = socket;
    return socket;
  }

  /** Throws the error of `status` unless `condition` holds. */
  assert(condition: unknown, status = 500, message?: string, props?: ErrorProps): asserts condition {
    if (condition) return;
    const { expose, ...others } = props ?? {};
    throw Object.assign(createHttpError(status, message, expose === undefined ? {} : { expose }), others);
  }

  /** Throws the error of `status`; `props` are put on it. */
  throw(status: number, message?: string, props?: ErrorProps): never {
    this.assert(false, status, message, props);
  }

  #openEvents(
    options: ServerSentEventTargetOptions,
    refusal: RefusalReason | undefined,
  ): ServerSentEventStreamTarget {
    const inFlight = this.#inFlight;
    const own = mergeHeaders(this.response.headerList(), options.headers);
    const care = inFlight === undefined ? {} : { onEnd: inFlight.forget };
    const reason = refusal === "shutdown" ? refusal : "refused";
    const target = openEventStream(
      this.#serverRequest,
      { ...inFlight?.events.defaults, ...withHeaders(options, own) },
      refusal === undefined ? care : { ...care, refusal: reason },
    );
    this.#answeredOtherwise();
    if (refusal === undefined) inFlight?.stream(target);
    else inFlight?.counters.countRefused(refusal);
    return target;
  }

  /** What was set on the response has left already, or never will. */
  #answeredOtherwise(): void {
    this.respond = false;
    this.response.finalize();
  }

  /** Those of all requests, as long as no request has one of its own. */
  #requestOptions(options: ContextOptions): RequestOptions {
    const { jsonBodyReviver, proxy } = options;
    if (jsonBodyReviver === undefined && proxy !== undefined) return options as RequestOptions;
    return {
      ...options,
      proxy: proxy ?? this.app.proxy,
      jsonBodyReviver: jsonBodyReviver && this.#bind(jsonBodyReviver),
    };
  }

  #bind(convert: NonNullable<ContextOptions["jsonBodyReplacer"]>): (key: string, value: unknown) => unknown {
    return (key, value) => convert(key, value, this as unknown as Context);
  }
}

/** Most streams set no header, and get no `Headers` made. */
function mergeHeaders(set: HeaderList, given: HeadersInit | undefined): HeadersInit | undefined {
  if (set.length === 0) return given;
  const merged = new Headers(set);
  for (const [name, value] of new Headers(given)) merged.set(name, value);
  return merged;
}

function withHeaders(
  options: ServerSentEventTargetOptions,
  headers: HeadersInit | undefined,
): ServerSentEventTargetOptions {
  return headers === undefined ? options : { ...options, headers };
}
