/**
 * Sends requests to handlers by method and path.
 *
 * ```ts
 * import { Application, Router } from "dodona";
 *
 * const router = new Router();
 * router.get("/book/:id", (ctx) => {
 *   ctx.response.body = { id: ctx.params.id };
 * });
 *
 * const app = new Application();
 * app.use(router.routes(), router.allowedMethods());
 * ```
 *
 * @module
 */

import { showAs } from "../http/inspect.ts";
import type { RedirectStatus } from "../http/status.ts";
import { checkMiddleware, type MiddlewareFunction, type Next } from "./compose.ts";
import type { Context, State } from "./context.ts";
import {
  type AnyRouteArguments,
  type NamedRouteArguments,
  type RouteArguments,
  type Routed,
  type RouteHandlers,
  readRouteArguments,
} from "./route-arguments.ts";
import type { RouteHandler, RouterContext, RouterParamMiddleware } from "./route-context.ts";
import type { Route } from "./route-layer.ts";
import type { ParamsOf, PathOf, RouteParams } from "./route-params.ts";
import { pathOf } from "./route-path.ts";
import { type RouteDefinition, type RouterOptions, RouteTable } from "./route-table.ts";
import { type RouteUrlOptions, type RouteUrlParams, routeUrl } from "./route-url.ts";
import { answerAllowedMethods, type RouterAllowedMethodsOptions } from "./router-allowed-methods.ts";

export type {
  ContextRoute,
  RouterContext,
  RouterMiddleware,
  RouterParamMiddleware,
} from "./route-context.ts";
export { Layer, type LayerOptions, type Route } from "./route-layer.ts";
export type { RouteParams } from "./route-params.ts";
export type { RouterOptions } from "./route-table.ts";
export type { RouteUrlOptions, RouteUrlParams } from "./route-url.ts";
export type { RouterAllowedMethodsOptions } from "./router-allowed-methods.ts";

/** The middleware that runs a router. Used in another router, it puts the routes of the one into the other. */
export interface RouterRoutes<RouterState extends State = State>
  extends MiddlewareFunction<Context<RouterState>> {
  readonly router: Router<RouterState>;
  /** Initializes the middleware objects of the routes, each once. */
  init(): Promise<void>;
}

/** A router whose handlers see the state that one of them asked for. */
type Widened<RouterState extends State, Seen extends State> = Router<
  Seen extends RouterState ? Seen : Seen & RouterState
>;

// biome-ignore lint/suspicious/noExplicitAny: a handler of any parameters and state
type AnyHandler = RouteHandler<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: a router of any state
type AnyRouter = Router<any>;

/**
 * A list of routes; all that match run, in the order in which they were added, each inside the `next` of the last.
 *
 * A route is a path in the syntax of path-to-regexp 6, and the middleware for it; a name may stand before the
 * path. Adding throws a `TypeError` for a pattern with a fault in its syntax, and for what is no middleware.
 */
export class Router<RouterState extends State = State> {
  readonly #options: RouterOptions;
  readonly #table: RouteTable;

  static {
    showAs(this, "Router", (router) => {
      return { "#params": router.#table.params, "#stack": router.#table.layers };
    });
  }

  /** Throws a `TypeError` for a prefix that does not begin with a slash. */
  constructor(options: RouterOptions = {}) {
    this.#options = options;
    this.#table = new RouteTable(options);
  }

  /** Puts parameters into the pattern `path`. Throws a `TypeError` when one is missing, or does not fit. */
  static url(path: string, params?: RouteUrlParams, options?: RouteUrlOptions): string {
    return routeUrl(path, params, options);
  }

  /** Adds a route for any of `methods`. */
  add<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    methods: string | readonly string[],
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  add<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    methods: string | readonly string[],
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  add(methods: string | readonly string[], ...route: AnyRouteArguments): this {
    return this.#addRoute(typeof methods === "string" ? [methods] : methods, route);
  }

  /** Adds a route for every method of the router's option but OPTIONS; by default not for QUERY either. */
  all<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  all<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  all(...route: AnyRouteArguments): this {
    return this.#addRoute(this.#table.allMethods, route);
  }

  /** Adds a route for DELETE. */
  delete<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  delete<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  delete(...route: AnyRouteArguments): this {
    return this.#addRoute(["DELETE"], route);
  }

  /** Adds a route for GET, and for HEAD. */
  get<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  get<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  get(...route: AnyRouteArguments): this {
    return this.#addRoute(["GET"], route);
  }

  /** Adds a route for HEAD. */
  head<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  head<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  head(...route: AnyRouteArguments): this {
    return this.#addRoute(["HEAD"], route);
  }

  /** Adds a route for OPTIONS. */
  options<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  options<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  options(...route: AnyRouteArguments): this {
    return this.#addRoute(["OPTIONS"], route);
  }

  /** Adds a route for PATCH. */
  patch<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  patch<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  patch(...route: AnyRouteArguments): this {
    return this.#addRoute(["PATCH"], route);
  }

  /** Adds a route for POST. */
  post<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  post<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  post(...route: AnyRouteArguments): this {
    return this.#addRoute(["POST"], route);
  }

  /** Adds a route for PUT. */
  put<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  put<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  put(...route: AnyRouteArguments): this {
    return this.#addRoute(["PUT"], route);
  }

  /** Adds a route for QUERY: safe and idempotent as GET is, with a body. @see RFC 10008 */
  query<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: RouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  query<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    ...route: NamedRouteArguments<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  query(...route: AnyRouteArguments): this {
    return this.#addRoute(["QUERY"], route);
  }

  /**
   * Adds middleware for all requests below `path`, or below one of several, or for all; they run also where no
   * route matches.
   */
  use<Of extends Routed = string, Params = ParamsOf<Of>, Seen extends State = RouterState>(
    path: PathOf<Of> | readonly string[],
    ...middleware: RouteHandlers<Of, Params, Seen>
  ): Widened<RouterState, Seen>;
  use<Params = RouteParams, Seen extends State = RouterState>(
    ...middleware: RouteHandlers<string, Params, Seen>
  ): Widened<RouterState, Seen>;
  use(first: string | readonly string[] | AnyHandler, ...others: AnyHandler[]): this {
    const definition = { methods: [], end: false };
    if (typeof first === "string") return this.#add([first], others, definition);
    if (Array.isArray(first)) return this.#add(first, others, definition);
    return this.#add([""], [first as AnyHandler, ...others], definition);
  }

  /** Adds middleware for the parameter `name` of all routes, those to come too: see {@linkcode Layer.param}. */
  param<Path extends string, Seen extends State = RouterState>(
    name: keyof RouteParams<Path> & string,
    middleware: RouterParamMiddleware<Path, RouteParams<Path>, Seen>,
  ): this {
    this.#table.param(name, middleware);
    return this;
  }

  /**
   * Puts `prefix` before the paths of all routes, those to come too, in place of the one that was there before.
   *
   * Throws a `TypeError` for one that does not begin with a slash.
   */
  prefix(prefix: string): this {
    this.#table.setPrefix(prefix);
    return this;
  }

  /**
   * Adds a route for all methods that sends the client from `source` to `destination`: each a path or the name of a
   * route, the latter also a URL. The parameters of a named destination are those of the path that came.
   *
   * Throws a `RangeError` for a name that no route has.
   */
  redirect(source: string, destination: string | URL, status: RedirectStatus = 302): this {
    const { path, locate } = this.#table.redirection(source, destination);
    this.all(path, ({ params, response }) => {
      response.redirect(locate(params));
      response.status = status;
    });
    return this;
  }

  /** Gives the path of the route `name`; `undefined` where there is none. Throws as {@linkcode Router.url} does. */
  url(name: string, params?: RouteUrlParams, options?: RouteUrlOptions): string | undefined {
    return this.#table.named(name)?.url(params, options);
  }

  /**
   * The middleware that sends requests to the routes. What none answers goes on to what comes after it.
   *
   * A router that uses it takes over the routes that there are at that time, below its own prefix and path.
   */
  routes(): RouterRoutes<RouterState> {
    const run = (given: Context<RouterState>, next: Next): unknown => {
      const context = given as unknown as RouterContext;
      try {
        const match = this.#table.find(this.#path(context));
        context.router = this;
        return this.#table.run(match, context, next);
      } catch (error) {
        return Promise.reject(error);
      }
    };
    return Object.assign(run, { router: this, init: () => this.#table.init() });
  }

  /**
   * The middleware that answers, where no route did, that there are others: OPTIONS with 200, another method with
   * 405, one that is not known with 501; each with `Allow`. It may stand before the routes, after them, among
   * them, and without them.
   */
  allowedMethods(options: RouterAllowedMethodsOptions = {}): MiddlewareFunction<Context<RouterState>> {
    return async (given, next) => {
      await next();
      const context = given as unknown as RouterContext;
      const { status } = context.response;
      if (context.respond === false || (status && status !== 404)) return;
      const { matched = this.#table.find(this.#path(context)).items } = context;
      answerAllowedMethods(context, matched, this.#table.knows(context.request.method), options);
    };
  }

  /** The routes, in the order in which they were added. */
  *values(): IterableIterator<Route> {
    for (const layer of this.#table.layers) yield layer.toJSON();
  }

  /** The same as `values`. */
  keys(): IterableIterator<Route> {
    return this.values();
  }

  /** The routes, each with itself. */
  *entries(): IterableIterator<[Route, Route]> {
    for (const route of this.values()) yield [route, route];
  }

  /** Calls `callback` for each route. */
  forEach(callback: (route: Route, same: Route, router: this) => void, thisArg: unknown = null): void {
    for (const route of this.values()) callback.call(thisArg, route, route, this);
  }

  [Symbol.iterator](): IterableIterator<Route> {
    return this.values();
  }

  #addRoute(methods: readonly string[], route: AnyRouteArguments): this {
    const { name, path, handlers } = readRouteArguments(route);
    return this.#add([path], handlers, { methods, name });
  }

  /** Adds `handlers`, and in their places the routes of those that are routers. */
  #add(
    paths: readonly string[],
    handlers: readonly AnyHandler[],
    definition: Pick<RouteDefinition, "methods" | "name" | "end">,
  ): this {
    if (handlers.length === 0) throw new TypeError(`Cannot add a route to "${paths}": it has no middleware`);
    for (const path of paths) {
      for (const part of splitHandlers(handlers)) {
        if (part instanceof Router) this.#table.mount(path, part.#table);
        else this.#table.add(path, { ...definition, handlers: part });
      }
    }
    return this;
  }

  #path(context: RouterContext): string {
    return this.#options.routerPath ?? context.routerPath ?? pathOf(context);
  }
}

/** Splits a list at the routers in it. */
function splitHandlers(handlers: readonly AnyHandler[]): (AnyHandler[] | AnyRouter)[] {
  const parts: (AnyHandler[] | AnyRouter)[] = [];
  for (const handler of handlers) {
    const last = parts.at(-1);
    const router = (checkMiddleware(handler) as Partial<RouterRoutes>).router;
    if (router instanceof Router) parts.push(router);
    else if (Array.isArray(last)) last.push(handler);
    else parts.push([handler]);
  }
  return parts;
}
