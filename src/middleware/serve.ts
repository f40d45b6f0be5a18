/**
 * Handlers from a web `Request` to a `Response`, as middleware.
 *
 * @example
 * ```ts
 * app.use(serve((request, ctx) => new Response(`${request.method} by ${ctx.ip}`)));
 * router.get("/book/:id", route((_request, ctx) => Response.json(ctx.params)));
 * ```
 *
 * @module
 */

import type { Next } from "../app/compose.ts";
import type { Context, ContextApplication, ErrorProps, State } from "../app/context.ts";
import type { ContextRoute, ContextRouter, RouterContext } from "../app/route-context.ts";
import type { RouteParams } from "../app/route-params.ts";
import { showAs } from "../http/inspect.ts";

/** What a handler is given beside the request. */
// biome-ignore lint/suspicious/noExplicitAny: whichever application it runs in
export class ServeContext<RequestState extends State = State, AppState extends State = any> {
  static {
    showAs(this, "ServeContext", ({ app, ip, ips, state }) => ({ app, ip, ips, state }));
  }

  readonly #context: Context<RequestState, AppState>;

  constructor(context: Context<RequestState, AppState>) {
    this.#context = context;
  }

  get app(): ContextApplication<AppState> {
    return this.#context.app;
  }

  /** The client's address: see {@linkcode Request.ip}. */
  get ip(): string {
    return this.#context.request.ip;
  }

  /** The addresses that believed proxies name: see {@linkcode Request.ips}. */
  get ips(): string[] {
    return this.#context.request.ips;
  }

  /** For the application's own use, between its middleware. */
  get state(): RequestState {
    return this.#context.state;
  }

  /** Throws the error of `status` unless `condition` holds. */
  assert(condition: unknown, status = 500, message?: string, props?: ErrorProps): asserts condition {
    this.#context.assert(condition, status, message, props);
  }

  /** Throws the error of `status`; `props` are put on it. */
  throw(status: number, message?: string, props?: ErrorProps): never {
    return this.#context.throw(status, message, props);
  }
}

/** What a handler of a route is given beside the request: also the route, as it was when the handler was called. */
export class RouteContext<
  Path extends string = string,
  Params = RouteParams<Path>,
  RequestState extends State = State,
  // biome-ignore lint/suspicious/noExplicitAny: whichever application it runs in
  AppState extends State = any,
> extends ServeContext<RequestState, AppState> {
  static {
    showAs(this, "RouteContext", (context) => {
      const { app, captures, matched, ip, ips, params, router, routeName, routerPath, state } = context;
      return { app, captures, matched, ip, ips, params, router, routeName, routerPath, state };
    });
  }

  /** The text of each parameter, in order, as it was sent. */
  readonly captures: (string | undefined)[];
  /** The routes whose path matched, of any method, in order. */
  readonly matched: ContextRoute[] | undefined;
  /** The parameters of the path, decoded. */
  readonly params: Params;
  /** The router that runs; of routers in each other, the outermost. */
  readonly router: ContextRouter;
  /** The name of the last route that matched and has one. */
  readonly routeName: string | undefined;
  /** What is routed in place of the path of the request, when a middleware has set it. */
  readonly routerPath: string | undefined;

  constructor(context: RouterContext<Path, Params, RequestState, AppState>) {
    super(context);
    this.captures = context.captures;
    this.matched = context.matched;
    this.params = context.params;
    this.router = context.router;
    this.routeName = context.routeName;
    this.routerPath = context.routerPath;
  }
}

/** A handler from a request to a response. */
export type ServeHandler<RequestState extends State = State> = (
  request: globalThis.Request,
  context: ServeContext<RequestState>,
) => globalThis.Response | Promise<globalThis.Response>;

/** A handler of a route, from a request to a response. */
export type RouteServeHandler<
  Path extends string = string,
  Params = RouteParams<Path>,
  RequestState extends State = State,
> = (
  request: globalThis.Request,
  context: RouteContext<Path, Params, RequestState>,
) => globalThis.Response | Promise<globalThis.Response>;

/**
 * Makes a middleware of `handler`, which is given the request as the server has it; one whose body was read before
 * is made anew, with what was read. Its response is sent as it is; then the next is called.
 *
 * It rejects with a `TypeError` when the handler gives no `Response`.
 */
export function serve<RequestState extends State = State>(
  handler: ServeHandler<RequestState>,
  // biome-ignore lint/suspicious/noExplicitAny: whichever application it runs in
): (context: Context<RequestState, any>, next: Next) => Promise<unknown> {
  return async (context, next) => {
    respondWith(context, await handler(await readSource(context), new ServeContext(context)));
    return next();
  };
}

/** Makes a middleware of a route of `handler`, as {@linkcode serve} does for an application. */
export function route<
  Path extends string = string,
  Params = RouteParams<Path>,
  RequestState extends State = State,
>(
  handler: RouteServeHandler<Path, Params, RequestState>,
  // biome-ignore lint/suspicious/noExplicitAny: whichever application it runs in
): (context: RouterContext<Path, Params, RequestState, any>, next: Next) => Promise<unknown> {
  return async (context, next) => {
    respondWith(context, await handler(await readSource(context), new RouteContext(context)));
    return next();
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a context of any state
type AnyContext = Context<any, any>;

async function readSource({ request }: AnyContext): Promise<globalThis.Request> {
  const { body, method, headers, signal } = request;
  if (!body.used && request.source !== undefined) return request.source;
  // Of what a form was made of, the boundary is lost: it gets another with its type.
  const content = await body.init();
  const own = new Headers(headers);
  if (content instanceof FormData) own.delete("content-type");
  const init: RequestInit & { duplex: "half" } = {
    method,
    headers: own,
    body: content,
    signal,
    duplex: "half",
  };
  return new globalThis.Request(request.url, init);
}

function respondWith({ response }: AnyContext, result: unknown): void {
  if (!(result instanceof globalThis.Response)) {
    throw new TypeError(`Cannot serve what the handler gave: ${typeof result}, not a Response`);
  }
  response.with(result);
}
