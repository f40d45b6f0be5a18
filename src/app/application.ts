/**
 * An HTTP application: middleware in a chain, and what runs it.
 *
 * ```ts
 * import { Application } from "dodona";
 *
 * const app = new Application();
 * app.use((ctx) => {
 *   ctx.response.body = "Hello";
 * });
 * await app.listen({ port: 8000 });
 * ```
 *
 * @module
 */

import { showAs } from "../http/inspect.ts";
import { type Key, KeyStack, type KeyStackLike } from "../http/key-stack.ts";
import { compileProxyTrust, type ProxyReader, type ProxyTrust } from "../http/proxy-trust.ts";
import { ErrorEvent } from "../sse/error-event.ts";
import {
  ApplicationCloseEvent,
  ApplicationErrorEvent,
  ApplicationListenEvent,
} from "./application-events.ts";
import { ApplicationLoad } from "./application-load.ts";
import type { ApplicationMetrics } from "./application-metrics.ts";
import { checkBodyLimit } from "./body-error.ts";
import { readClientInfo } from "./client-info.ts";
import { checkMiddleware, compose, DONE, type MiddlewareOrMiddlewareObject, type Next } from "./compose.ts";
import { Context, type ContextOptions, type State } from "./context.ts";
import { type ContextState, deriveState } from "./context-state.ts";
import { answerError, toError } from "./error-answer.ts";
import type { EventsOptions } from "./events-options.ts";
import type { InFlight } from "./in-flight.ts";
import { readListenAddress } from "./listen-address.ts";
import { Listening } from "./listening.ts";
import { logError } from "./log-error.ts";
import { respond } from "./respond.ts";
import type { ListenOptions, ServerConstructor } from "./server.ts";
import { readHeader, type ServerRequest } from "./server-request.ts";
import { type RemoteAddress, WebServerRequest } from "./web-server-request.ts";

/** What may be said of an application when it is made. */
export interface ApplicationOptions<AppState extends State> {
  /** How a request's state comes from the application's. @default "clone" */
  contextState?: ContextState;
  /** Called for each value of a body that becomes JSON. */
  jsonBodyReplacer?: ContextOptions["jsonBodyReplacer"];
  /** Called for each value of a body that was JSON. */
  jsonBodyReviver?: ContextOptions["jsonBodyReviver"];
  /** Above so many bytes of request body a read is refused with 413. @default 10485760 */
  bodyLimitBytes?: number;
  /** Whether a request body with the coding gzip or deflate is decoded, instead of refused with 415. @default false */
  decompressBody?: boolean;
  /** How event streams are held, and how many at once. */
  events?: EventsOptions;
  /** What signs cookies: the newest key first. */
  keys?: KeyStackLike | Key[];
  /** Whether errors from 500 on are printed. @default true */
  logErrors?: boolean;
  /**
   * Which proxies in front of the application are believed: `true` for any, which is safe only where all
   * requests come through one that overwrites what clients send; else how many, or their addresses.
   *
   * @default false
   */
  proxy?: ProxyTrust;
  /** What listens, instead of the runtime's own server. */
  serverConstructor?: ServerConstructor;
  /** The application's state. */
  state?: AppState;
}

/** A middleware for a context of this application, whatever its type says. */
// biome-ignore lint/suspicious/noExplicitAny: the application's state is of any type here
type UsedMiddleware<RequestState extends State> = MiddlewareOrMiddlewareObject<Context<RequestState, any>>;

/** The events of an application, by type. */
export interface ApplicationEventMap {
  close: ApplicationCloseEvent;
  error: ApplicationErrorEvent;
  listen: ApplicationListenEvent;
}

/**
 * Middleware in a chain, and what runs it: a server (`listen`), or whoever has a `Request` (`handle`,
 * `fetch`).
 *
 * Dispatches `listen`, `error` and `close`. Nothing that a middleware throws leaves it otherwise: the client
 * gets an error response, and the listeners of `error` the error, after the response was set.
 */
export class Application<AppState extends State = State> extends EventTarget {
  /** For the application's own use; each request gets its state from it. */
  state: AppState;
  readonly #options: ApplicationOptions<AppState>;
  readonly #middleware: MiddlewareOrMiddlewareObject<Context>[] = [];
  readonly #ready = new Set<object>();
  readonly #listening = new Set<Listening>();
  readonly #load: ApplicationLoad;
  #inFlight: InFlight;
  #composed: ((context: Context, next?: Next) => Promise<void>) | undefined;
  #initialized: Promise<void> | undefined;
  #prepared = false;
  #keys: KeyStackLike | undefined;
  #proxy: ProxyTrust = false;
  #proxyReader: ProxyReader | undefined;

  static {
    showAs(this, "Application", (app) => {
      return { "#middleware": app.#middleware, keys: app.keys, proxy: app.proxy, state: app.state };
    });
  }

  /** Throws a `TypeError` or a `RangeError` for options of the wrong kind. */
  constructor(options: ApplicationOptions<AppState> = {}) {
    super();
    if (options.bodyLimitBytes !== undefined) checkBodyLimit(options.bodyLimitBytes);
    this.#load = new ApplicationLoad(options.events);
    this.#inFlight = this.#load.open();
    this.#options = options;
    this.proxy = options.proxy ?? false;
    this.state = options.state ?? ({} as AppState);
    this.keys = options.keys;
    if (options.logErrors !== false) this.addEventListener("error", logError);
  }

  /** What signs cookies. Setting an array of keys makes a `KeyStack` of them. */
  get keys(): KeyStackLike | undefined {
    return this.#keys;
  }

  set keys(keys: KeyStackLike | Key[] | undefined) {
    this.#keys = Array.isArray(keys) ? new KeyStack(keys) : keys || undefined;
  }

  /** Which proxies in front of the application are believed. */
  get proxy(): ProxyTrust {
    return this.#proxy;
  }

  set proxy(proxy: ProxyTrust) {
    this.#proxyReader = proxy === false ? undefined : compileProxyTrust(proxy);
    this.#proxy = proxy;
  }

  /** What was counted since the application was made, and what is under way now. */
  get metrics(): ApplicationMetrics {
    return this.#load.metrics;
  }

  /** Adds middleware at the end of the chain: at least one. */
  use<RequestState extends State = AppState>(
    ...middleware: [UsedMiddleware<RequestState>, ...UsedMiddleware<RequestState>[]]
  ): Application<RequestState extends AppState ? RequestState : RequestState & AppState> {
    for (const step of middleware) checkMiddleware(step);
    this.#middleware.push(...(middleware as unknown as MiddlewareOrMiddlewareObject<Context>[]));
    this.#composed = undefined;
    this.#initialized = undefined;
    this.#prepared = false;
    return this as unknown as Application<
      RequestState extends AppState ? RequestState : RequestState & AppState
    >;
  }

  /**
   * Listens for requests, until `signal` is aborted or `close` is called; then the event streams and WebSockets
   * end, the requests under way finish, and the promise resolves. What has not ended by `shutdownTimeoutMs` is
   * cut off.
   *
   * Rejects with a `TypeError` without middleware or for an invalid address, with a `ListenError` when the
   * server can't listen there.
   */
  async listen(address: string | ListenOptions = {}): Promise<void> {
    const options: ListenOptions = typeof address === "string" ? readListenAddress(address) : address;
    await this.#prepare();
    if (options.signal?.aborted === true) return;
    const inFlight = this.#load.open();
    const Server = this.#options.serverConstructor ?? (await this.loadServer());
    const contextOptions = this.#contextOptions(options.secure ?? false, inFlight);
    const server = new Server(this, { port: 0, ...options });
    const listening = new Listening(server, inFlight, (request) =>
      this.#handle(request, contextOptions, inFlight),
    );
    this.#listening.add(listening);
    try {
      const listener = await listening.start();
      const secure = options.secure ?? false;
      this.dispatchEvent(
        new ApplicationListenEvent({ listener, secure, serverType: Server.type ?? "custom" }),
      );
      await listening.ended(options.signal, (error) => this.#tell(toError(error)));
      await listening.end(options.shutdownTimeoutMs);
    } finally {
      this.#listening.delete(listening);
      this.#load.close(inFlight);
    }
    this.dispatchEvent(new ApplicationCloseEvent());
  }

  /**
   * Ends all listening, and the streams of `handle` and `fetch`; resolves when it is over. `await using` calls
   * it too. The application can listen again.
   */
  async close(): Promise<void> {
    const own = this.#inFlight;
    this.#inFlight = this.#load.open();
    await Promise.all([own.drain(), ...Array.from(this.#listening, (listening) => listening.stop())]);
    this.#load.close(own);
  }

  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Handles one request and gives its response; `undefined` when a middleware set `respond` to `false` and
   * answered nothing.
   *
   * Rejects with a `TypeError` without middleware, and for an address that is none.
   */
  readonly handle = async (
    request: Request,
    remoteAddress?: RemoteAddress,
    secure = false,
  ): Promise<Response | undefined> => {
    if (remoteAddress !== undefined && typeof remoteAddress?.hostname !== "string") {
      throw new TypeError("Cannot handle the request: the remote address has no hostname");
    }
    if (!this.#prepared) await this.#prepare();
    const serverRequest = new WebServerRequest(request, { remoteAddr: remoteAddress });
    const inFlight = this.#inFlight;
    const handled = this.#handle(serverRequest, this.#contextOptions(secure, inFlight), inFlight);
    // A stream is answered while its middleware may go on.
    return (
      serverRequest.answer ??
      Promise.race([serverRequest.response, Promise.resolve(handled).then(() => undefined)])
    );
  };

  /**
   * A fetch handler: `export default app`, `Deno.serve(app.fetch)`, `Bun.serve({ fetch: app.fetch })`. Of a
   * second argument it takes what Deno or Bun says of the client there; another, and a third, are `ctx.env` and
   * `ctx.executionContext`, as on Cloudflare.
   *
   * Rejects as `handle` does. Where a middleware set `respond` to `false`, it waits until somebody answers.
   */
  readonly fetch = async (request: Request, env?: unknown, executionContext?: unknown): Promise<Response> => {
    if (!this.#prepared) await this.#prepare();
    const client = readClientInfo(request, env);
    const serverRequest = new WebServerRequest(request, client);
    const inFlight = this.#inFlight;
    const options = this.#contextOptions(request.url.startsWith("https:"), inFlight);
    const platform = client.known ? {} : { env, executionContext };
    void this.#handle(serverRequest, { ...options, ...platform }, inFlight);
    return serverRequest.answer ?? serverRequest.response;
  };

  override addEventListener<Type extends keyof ApplicationEventMap>(
    type: Type,
    listener: ((event: ApplicationEventMap[Type]) => unknown) | EventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
  }

  /** Gives the server of the runtime. There is none here: who knows the runtimes overrides this. */
  protected loadServer(): Promise<ServerConstructor> {
    return Promise.reject(
      new TypeError("Cannot listen: no server is known; pass a serverConstructor, or use fetch"),
    );
  }

  async #prepare(): Promise<void> {
    if (this.#middleware.length === 0) throw new TypeError("There is no middleware to process requests.");
    this.#initialized ??= this.#initialize();
    const initialized = this.#initialized;
    await initialized.catch((error) => {
      this.#initialized = undefined;
      throw error;
    });
    // Unless middleware was added meanwhile.
    this.#prepared = this.#initialized === initialized;
  }

  async #initialize(): Promise<void> {
    for (const middleware of this.#middleware) {
      // The routes of a router are a function, and yet have what is to be initialized.
      if (!("init" in middleware) || this.#ready.has(middleware)) continue;
      if (typeof middleware.init === "function") await middleware.init();
      this.#ready.add(middleware);
    }
  }

  #contextOptions(secure: boolean, inFlight: InFlight): ContextOptions {
    const { jsonBodyReplacer, jsonBodyReviver, bodyLimitBytes, decompressBody } = this.#options;
    const readProxy = () => this.#proxyReader ?? false;
    const own = { secure, inFlight, jsonBodyReplacer, jsonBodyReviver, bodyLimitBytes, decompressBody };
    return {
      ...own,
      // Which proxies are believed may be said anew while the application listens.
      get proxy() {
        return readProxy();
      },
    };
  }

  /**
   * One request, from its context to its answer: in one go, where no middleware waits; a promise is for the rest, and
   * never rejects.
   */
  #handle(request: ServerRequest, options: ContextOptions, inFlight: InFlight): void | Promise<void> {
    let context: Context | undefined;
    inFlight.begin();
    try {
      const state = deriveState(this.state, this.#options.contextState ?? "clone");
      context = new Context(this, request, state, options);
      this.#composed ??= compose(this.#middleware, (error, late) => this.#tell(toError(error), late));
      const chain = this.#composed(context);
      if (chain !== DONE) return this.#finish(chain, request, context, inFlight);
      const sent = context.respond ? respond(context.response, request) : undefined;
      if (sent !== undefined) return this.#finish(sent, request, context, inFlight, true);
    } catch (thrown) {
      return this.#fail(toError(thrown), request, context, inFlight);
    }
    inFlight.end();
  }

  /** The rest of a request, of which somebody is awaited. */
  async #finish(
    waiting: Promise<void>,
    request: ServerRequest,
    context: Context,
    inFlight: InFlight,
    responded = false,
  ): Promise<void> {
    try {
      await waiting;
      if (!responded && context.respond) await respond(context.response, request);
    } catch (thrown) {
      return this.#fail(toError(thrown), request, context, inFlight);
    }
    inFlight.end();
  }

  #tell(error: Error, context?: Context): void {
    this.dispatchEvent(new ApplicationErrorEvent(error, context));
  }

  /** Tells the client, then the listeners, of an error that no middleware caught. */
  async #fail(
    error: Error,
    request: ServerRequest,
    context: Context | undefined,
    inFlight: InFlight,
  ): Promise<void> {
    try {
      await this.#answerError(error, request, context);
    } finally {
      inFlight.end();
    }
  }

  async #answerError(error: Error, request: ServerRequest, context: Context | undefined): Promise<void> {
    if (context === undefined) {
      this.#tell(error);
      return request.error(error);
    }
    void context.eventTarget?.dispatchEvent(new ErrorEvent("error", { error, message: error.message }));
    const answerable = context.respond && !context.response.sent;
    if (answerable) answerError(context.response, error, readHeader(request, "accept"));
    this.#tell(error, context);
    try {
      if (answerable) await respond(context.response, request);
      else request.error(error);
    } catch {
      // It was answered past the response, and the error that this made was told.
      request.error(error);
    }
  }
}
