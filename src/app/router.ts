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

import { createHttpError } from "../http/http-error.ts";
import { compose, type MiddlewareFunction, type MiddlewareOrMiddlewareObject, type Next } from "./compose.ts";
import type { Context, State } from "./context.ts";
import { type RouteParams, RoutePattern } from "./route-pattern.ts";

/** A context in which a route has matched. */
export type RouterContext<RequestState extends State = State> = Context<RequestState> & {
  /** The parameters of the path. */
  params: RouteParams;
};

/** A middleware of a route. */
export type RouterMiddleware<RequestState extends State = State> = MiddlewareOrMiddlewareObject<
  RouterContext<RequestState>
>;

/** How a router matches. */
export interface RouterOptions {
  /** What all paths begin with. */
  prefix?: string;
  /** Whether case makes a difference. @default false */
  sensitive?: boolean;
  /** Whether a slash at the end makes a difference. @default false */
  strict?: boolean;
}

interface Route {
  /** Empty for a middleware of any method, which is no answer by itself. */
  methods: readonly string[];
  pattern: RoutePattern;
  middleware: RouterMiddleware[];
}

/** A list of routes, tried in the order in which they were added; all that match run, each inside the last. */
export class Router<RequestState extends State = State> {
  readonly #options: RouterOptions;
  readonly #routes: Route[] = [];

  /** Throws a `TypeError` for a prefix that does not begin with a slash. */
  constructor(options: RouterOptions = {}) {
    const { prefix } = options;
    if (prefix !== undefined && !prefix.startsWith("/")) {
      throw new TypeError(`Cannot route below the prefix "${prefix}": it does not begin with "/"`);
    }
    this.#options = options;
  }

  /** Adds a route for any of `methods`. */
  add(
    methods: string | readonly string[],
    path: string,
    ...middleware: RouterMiddleware<RequestState>[]
  ): this {
    const list = typeof methods === "string" ? [methods] : methods;
    return this.#add(list, path, true, middleware);
  }

  /** Adds a route for every method. */
  all(path: string, ...middleware: RouterMiddleware<RequestState>[]): this {
    return this.add(["HEAD", "DELETE", "GET", "PATCH", "POST", "PUT"], path, ...middleware);
  }

  delete(path: string, ...middleware: RouterMiddleware<RequestState>[]): this {
    return this.add("DELETE", path, ...middleware);
  }

  /** Adds a route for GET, and for HEAD. */
  get(path: string, ...middleware: RouterMiddleware<RequestState>[]): this {
    return this.add(["HEAD", "GET"], path, ...middleware);
  }

  head(path: string, ...middleware: RouterMiddleware<RequestState>[]): this {
    return this.add("HEAD", path, ...middleware);
  }

  options(path: string, ...middleware: RouterMiddleware<RequestState>[]): this {
    return this.add("OPTIONS", path, ...middleware);
  }

  patch(path: string, ...middleware: RouterMiddleware<RequestState>[]): this {
    return this.add("PATCH", path, ...middleware);
  }

  post(path: string, ...middleware: RouterMiddleware<RequestState>[]): this {
    return this.add("POST", path, ...middleware);
  }

  put(path: string, ...middleware: RouterMiddleware<RequestState>[]): this {
    return this.add("PUT", path, ...middleware);
  }

  /** Adds middleware for all requests below `path`, or for all. */
  use(path: string | RouterMiddleware<RequestState>, ...middleware: RouterMiddleware<RequestState>[]): this {
    if (typeof path === "string") return this.#add([], path, false, middleware);
    return this.#add([], "", false, [path, ...middleware]);
  }

  /** The middleware that sends requests to the routes. What no route matches goes on to what comes after it. */
  routes(): MiddlewareFunction<Context<RequestState>> {
    return (context, next) => this.#dispatch(context as RouterContext, next);
  }

  /**
   * The middleware that answers, where no route did, that there are others: OPTIONS with 200, another method
   * with 405, both with `Allow`.
   */
  allowedMethods(): MiddlewareFunction<Context<RequestState>> {
    return async (context, next) => {
      await next();
      if (!context.respond || context.response.status !== 404) return;
      const allowed = this.#allowed(pathOf(context));
      // A route of this method has answered: the 404 is its own.
      if (allowed.length === 0 || allowed.includes(context.request.method)) return;
      context.response.status = context.request.method === "OPTIONS" ? 200 : 405;
      context.response.headers.set("allow", allowed.join(", "));
    };
  }

  #add(
    methods: readonly string[],
    path: string,
    end: boolean,
    middleware: RouterMiddleware<RequestState>[],
  ): this {
    const { prefix = "", sensitive = false, strict = false } = this.#options;
    const whole = prefix.replace(/\/$/, "") + (path === "/" && prefix !== "" ? "" : path);
    const pattern = new RoutePattern(whole, { end, sensitive, strict });
    this.#routes.push({ methods, pattern, middleware: middleware as RouterMiddleware[] });
    return this;
  }

  async #dispatch(context: RouterContext, next: Next): Promise<void> {
    const path = pathOf(context);
    const { method } = context.request;
    const steps: MiddlewareOrMiddlewareObject<RouterContext>[] = [];
    for (const { methods, pattern, middleware } of this.#routes) {
      if (methods.length > 0 && !methods.includes(method)) continue;
      const params = pattern.match(path);
      if (params !== undefined) steps.push(withParams(params), ...middleware);
    }
    await compose(steps)(context, next);
  }

  #allowed(path: string): string[] {
    const matching = this.#routes.filter(({ pattern }) => pattern.match(path) !== undefined);
    return [...new Set(matching.flatMap(({ methods }) => methods))];
  }
}

function withParams(params: RouteParams): MiddlewareFunction<RouterContext> {
  return (context, next) => {
    context.params = { ...context.params, ...params };
    return next();
  };
}

/** A slash that came encoded is part of a name, and stays so; a percent sign too, lest it be decoded twice. */
function pathOf(context: Context): string {
  const { pathname } = context.request.url;
  try {
    return decodeURI(pathname.replaceAll("%25", "%2525"));
  } catch (cause) {
    throw createHttpError(400, `The path "${pathname}" is not encoded well`, { cause, expose: false });
  }
}
