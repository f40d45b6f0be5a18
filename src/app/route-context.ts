/**
 * What the middleware of a route is given, and what it is.
 *
 * @module
 */

import type { MiddlewareObject, Next } from "./compose.ts";
import type { Context, State } from "./context.ts";
import type { GivenParams } from "./route-params.ts";
import type { RouteUrlOptions, RouteUrlParams } from "./route-url.ts";

/** What a context shows of its router. */
export interface ContextRouter {
  url(name: string, params?: RouteUrlParams, options?: RouteUrlOptions): string | undefined;
}

/** What a context shows of a route. */
export interface ContextRoute {
  /** The methods that it answers; none for a middleware of any. */
  readonly methods: readonly string[];
  readonly name: string | undefined;
  /** The whole pattern, with what routers and prefixes put before it. */
  readonly path: string;
}

/** A context in which a route of the pattern `Path` has matched. */
export interface RouterContext<
  Path extends string = string,
  Params = GivenParams<Path>,
  RequestState extends State = State,
  // biome-ignore lint/suspicious/noExplicitAny: whichever application it runs in
  AppState extends State = any,
> extends Context<RequestState, AppState> {
  /** The text of each parameter of the route that runs, in order, as it was sent. */
  captures: (string | undefined)[];
  /** The routes whose path matched, of any method, in order: those of each router that the request came by. */
  matched?: ContextRoute[];
  /** The parameters of the path, decoded: of this route, and of those before it. */
  params: Params;
  /** The router that runs; of routers in each other, the outermost. */
  router: ContextRouter;
  /** The name of the last route that matched and has one. */
  routeName?: string | undefined;
  /** What is routed in place of the path of the request, when a middleware has set it. */
  routerPath?: string | undefined;
}

/** A middleware of a route. */
export interface RouterMiddleware<
  Path extends string = string,
  Params = GivenParams<Path>,
  RequestState extends State = State,
  // biome-ignore lint/suspicious/noExplicitAny: whichever application it runs in
  AppState extends State = any,
> {
  (context: RouterContext<Path, Params, RequestState, AppState>, next: Next): unknown;
  /** The router that it runs, if it does: see {@linkcode Router.routes}. */
  router?: ContextRouter;
}

/** A middleware of a route, of either kind. */
export type RouteHandler<Path extends string, Params, RequestState extends State> =
  | ((context: RouterContext<Path, Params, RequestState>, next: Next) => unknown)
  | MiddlewareObject<RouterContext<Path, Params, RequestState>>;

/** A middleware of a parameter: given its value, decoded, before the middleware of a route that has it. */
export type RouterParamMiddleware<
  Path extends string = string,
  Params = GivenParams<Path>,
  RequestState extends State = State,
  // biome-ignore lint/suspicious/noExplicitAny: whichever application it runs in
  AppState extends State = any,
> = (param: string, context: RouterContext<Path, Params, RequestState, AppState>, next: Next) => unknown;
