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

import { type Key, KeyStack } from "../http/key-stack.ts";
import { ErrorEvent } from "../sse/error-event.ts";
import {
  ApplicationCloseEvent,
  ApplicationErrorEvent,
  ApplicationListenEvent,
} from "./application-events.ts";
import {
  checkMiddleware,
  compose,
  isMiddlewareObject,
  type MiddlewareOrMiddlewareObject,
  type Next,
} from "./compose.ts";
import { Context, type ContextOptions, type State } from "./context.ts";
import { type ContextState, deriveState } from "./context-state.ts";
import { answerError, toError } from "./error-answer.ts";
import { InFlight } from "./in-flight.ts";
import { readListenAddress } from "./listen-address.ts";
import { logError } from "./log-error.ts";
import { respond } from "./respond.ts";
import type { ListenOptions, ServerConstructor } from "./server.ts";
import type { ServerRequest } from "./server-request.ts";
import { type ClientInfo, type RemoteAddress, WebServerRequest } from "./web-server-request.ts";

/** Something that signs: a `KeyStack`, or what works like one. */
export type KeyStackLike = Pick<KeyStack, "sign" | "verify" | "indexOf">;

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
  /** What signs cookies: the newest key first. */
  keys?: KeyStackLike | Key[];
  /** Whether errors from 500 on are printed. @default true */
  logErrors?: boolean;
  /** Whether a proxy in front of the application is believed. @default false */
  proxy?: boolean;
  /** What listens, instead of the runtime's own server. */
  serverConstructor?: ServerConstructor;
  /** The application's state. */
  state?: AppState;
}

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
  /** Whether a proxy in front of the application is believed. */
  proxy: boolean;
  /** For the application's own use; each request gets its state from it. */
  state: AppState;
  readonly #options: ApplicationOptions<AppState>;
  readonly #contextOptions: ContextOptions;
  readonly #middleware: MiddlewareOrMiddlewareObject<Context>[] = [];
  readonly #ready = new Set<object>();
  readonly #inFlight = new InFlight();
  #composed: ((context: Context, next?: Next) => Promise<void>) | undefined;
  #initialized: Promise<void> | undefined;
  #keys: KeyStackLike | undefined;

  constructor(options: ApplicationOptions<AppState> = {}) {
    super();
    const { jsonBodyReplacer, jsonBodyReviver, bodyLimitBytes } = options;
    this.#options = options;
    this.#contextOptions = { jsonBodyReplacer, jsonBodyReviver, bodyLimitBytes };
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

  /** Adds middleware at the end of the chain. */
  use<RequestState extends State = AppState>(
    // biome-ignore lint/suspicious/noExplicitAny: a context of this application, whatever its type says
    ...middleware: MiddlewareOrMiddlewareObject<Context<RequestState, any>>[]
  ): Application<RequestState extends AppState ? RequestState : RequestState & AppState> {
    for (const step of middleware) checkMiddleware(step);
    this.#middleware.push(...(middleware as unknown as MiddlewareOrMiddlewareObject<Context>[]));
    this.#composed = undefined;
    this.#initialized = undefined;
    return this as unknown as Application<
      RequestState extends AppState ? RequestState : RequestState & AppState
    >;
  }

  /**
   * Listens for requests, until `signal` is aborted; then the event streams end, the requests under way
   * finish, and the promise resolves.
   *
   * Rejects with a `TypeError` without middleware or for an invalid address, with a `ListenError` when the
   * server can't listen there.
   */
  async listen(address: string | ListenOptions = {}): Promise<void> {
    const options: ListenOptions = typeof address === "string" ? readListenAddress(address) : address;
    await this.#prepare();
    if (options.signal?.aborted === true) return;
    const inFlight = new InFlight();
    const Server = this.#options.serverConstructor ?? (await this.loadServer());
    const secure = options.secure ?? false;
    const server = new Server((request) => this.#handle(request, secure, inFlight), { port: 0, ...options });
    const { hostname, port } = await server.listen();
    const serverType = Server.type ?? "custom";
    this.dispatchEvent(new ApplicationListenEvent({ hostname, port, secure, serverType }));
    await aborted(options.signal);
    await Promise.all([server.close(), inFlight.drain()]);
    this.dispatchEvent(new ApplicationCloseEvent());
  }

  /**
   * Handles one request and gives its response; `undefined` when a middleware set `respond` to `false` and
   * answered nothing.
   *
   * Rejects with a `TypeError` without middleware.
   */
  readonly handle = async (
    request: Request,
    remoteAddress?: RemoteAddress,
    secure = false,
  ): Promise<Response | undefined> => {
    await this.#prepare();
    const serverRequest = new WebServerRequest(request, { remoteAddr: remoteAddress });
    const handled = this.#handle(serverRequest, secure, this.#inFlight);
    // A stream is answered while its middleware may go on.
    return Promise.race([serverRequest.response, handled.then(() => undefined)]);
  };

  /**
   * A fetch handler: `export default app`, `Deno.serve(app.fetch)`, `Bun.serve({ fetch: app.fetch })`. Of a
   * second argument it takes what Deno says of the client there.
   *
   * Rejects as `handle` does. Where a middleware set `respond` to `false`, it waits until somebody answers.
   */
  readonly fetch = async (request: Request, info?: unknown): Promise<Response> => {
    await this.#prepare();
    const serverRequest = new WebServerRequest(request, readClientInfo(request, info));
    void this.#handle(serverRequest, request.url.startsWith("https:"), this.#inFlight);
    return serverRequest.response;
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
    await this.#initialized.catch((error) => {
      this.#initialized = undefined;
      throw error;
    });
  }

  async #initialize(): Promise<void> {
    for (const middleware of this.#middleware) {
      if (!isMiddlewareObject(middleware) || this.#ready.has(middleware)) continue;
      await middleware.init?.();
      this.#ready.add(middleware);
    }
  }

  #handle(request: ServerRequest, secure: boolean, inFlight: InFlight): Promise<void> {
    return inFlight.request(this.#run(request, secure, inFlight));
  }

  async #run(request: ServerRequest, secure: boolean, inFlight: InFlight): Promise<void> {
    let context: Context | undefined;
    try {
      const state = deriveState(this.state, this.#options.contextState ?? "clone");
      context = new Context(this, request, state, { ...this.#contextOptions, secure, inFlight });
      this.#composed ??= compose(this.#middleware, (error, late) => this.#tell(toError(error), late));
      await this.#composed(context);
      if (context.respond) await this.#respond(context, request);
    } catch (thrown) {
      await this.#fail(toError(thrown), request, context);
    }
  }

  #tell(error: Error, context?: Context): void {
    this.dispatchEvent(new ApplicationErrorEvent(error, context));
  }

  #respond(context: Context, request: ServerRequest): Promise<void> {
    const replacer = this.#options.jsonBodyReplacer;
    const bound =
      replacer === undefined ? undefined : (key: string, value: unknown) => replacer(key, value, context);
    return respond(context.response, request, bound);
  }

  /** Tells the client, then the listeners, of an error that no middleware caught. */
  async #fail(error: Error, request: ServerRequest, context: Context | undefined): Promise<void> {
    if (context === undefined) {
      this.#tell(error);
      return request.error(error);
    }
    void context.eventTarget?.dispatchEvent(new ErrorEvent("error", { error, message: error.message }));
    const answerable = context.respond && !context.response.sent;
    if (answerable) answerError(context.response, error);
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

function readClientInfo(request: Request, info: unknown): ClientInfo {
  if (typeof info === "object" && info !== null && "remoteAddr" in info) return info as ClientInfo;
  const hostname = request.headers.get("cf-connecting-ip");
  return hostname === null ? {} : { remoteAddr: { hostname } };
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}
