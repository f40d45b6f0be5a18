/**
 * One route: a pattern, the methods that it answers, and its middleware.
 *
 * @module
 */

import { showAs } from "../http/inspect.ts";
import {
  type CarryingStep,
  checkMiddleware,
  type MiddlewareFunction,
  type Next,
  toFunction,
} from "./compose.ts";
import type { State } from "./context.ts";
import type { ContextRoute, RouteHandler, RouterContext, RouterParamMiddleware } from "./route-context.ts";
import type { RouteParams } from "./route-params.ts";
import { type MatchedParams, RoutePattern } from "./route-pattern.ts";
import type { RouteMatch } from "./route-tree.ts";
import { type RouteUrlOptions, type RouteUrlParams, routeUrl } from "./route-url.ts";

/** How a route matches. */
export interface LayerOptions {
  /** Whether the path must end where the pattern does. @default true */
  end?: boolean | undefined;
  /** Whether case makes a difference. @default false */
  sensitive?: boolean | undefined;
  /** Whether a slash at the end makes a difference. @default false */
  strict?: boolean | undefined;
  /** Whether what the pattern captures is no parameter. @default false */
  ignoreCaptures?: boolean | undefined;
}

/** A route, as a router tells of it. */
export interface Route<
  Path extends string = string,
  Params = RouteParams<Path>,
  RequestState extends State = State,
> {
  /** The methods that it answers; none for a middleware of any. */
  methods: string[];
  middleware: RouteHandler<Path, Params, RequestState>[];
  name?: string;
  options: LayerOptions;
  paramNames: (keyof Params)[];
  /** The whole pattern, with what routers and prefixes put before it. */
  path: string;
  regexp: RegExp;
}

// biome-ignore lint/suspicious/noExplicitAny: a route of any parameters and state
type AnyContext = RouterContext<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: a route of any parameters and state
type AnyHandler = RouteHandler<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: a route of any parameters and state
type AnyParamMiddleware = RouterParamMiddleware<any, any, any>;

/** A step of a route's chain; what is carried to it is the match that led there. */
export type RouteStep = CarryingStep<AnyContext, RouteMatch<Layer>>;

/**
 * One route. Where GET is among its methods, HEAD is too, and first.
 *
 * A pattern that is empty and need not end is everything: that of a middleware which no path was said for.
 * Throws a `TypeError` for a pattern with a fault in its syntax, and for what is no middleware.
 */
export class Layer implements ContextRoute {
  readonly methods: string[];
  readonly name: string | undefined;
  readonly stack: AnyHandler[];
  readonly #options: LayerOptions;
  readonly #own: string;
  readonly #params: [name: string, middleware: AnyParamMiddleware][] = [];
  #pattern: RoutePattern;

  static {
    showAs(this, "Layer", (layer) => {
      const { methods, middleware, options, paramNames, path, regexp } = layer.toJSON();
      return { methods, middleware, options, paramNames, path, regexp };
    });
  }

  constructor(
    path: string,
    methods: readonly string[],
    middleware: AnyHandler | readonly AnyHandler[],
    { name, ...options }: LayerOptions & { name?: string | undefined } = {},
  ) {
    this.methods = [...new Set(methods.includes("GET") ? ["HEAD", ...methods] : methods)];
    this.name = name;
    this.stack = [middleware].flat().map((handler: AnyHandler) => checkMiddleware(handler));
    this.#options = options;
    this.#own = path;
    this.#pattern = new RoutePattern(path, options);
  }

  get path(): string {
    return this.#pattern.path === "" && this.#options.end === false ? "(.*)" : this.#pattern.path;
  }

  /** The pattern without the prefix. */
  get ownPath(): string {
    return this.#own;
  }

  /** The path, ready to match. */
  get pattern(): RoutePattern {
    return this.#pattern;
  }

  /** Gives a route that is the same, and does not change when this one does. */
  clone(): Layer {
    const options = { ...this.#options, name: this.name };
    const clone = new Layer(this.#pattern.path, this.methods, this.stack, options);
    clone.#params.push(...this.#params);
    return clone;
  }

  /** Whether the route has the path `path`, whatever the method. */
  match(path: string): boolean {
    return this.#pattern.regexp.test(path);
  }

  /** Gives the text of each parameter in `path`, in order, as it was sent: see {@linkcode RoutePattern.captures}. */
  captures(path: string, certain = false): (string | undefined)[] {
    return this.#options.ignoreCaptures === true ? [] : this.#pattern.captures(path, certain);
  }

  /** Puts what was captured into `existing`: named, and decoded. */
  params(captures: readonly (string | undefined)[], existing: MatchedParams = {}): MatchedParams {
    return Object.assign(existing, this.#pattern.params(captures));
  }

  /** Puts `params` into the pattern. Throws a `TypeError` when one is missing, or does not fit. */
  url(params?: RouteUrlParams, options?: RouteUrlOptions): string {
    return routeUrl(this.#pattern.path, params, options);
  }

  /**
   * Runs `middleware` before the others when the route has a parameter `name` and the path a value for it: in the
   * order of the path, and of two for one name the first added first.
   */
  param(name: string, middleware: AnyParamMiddleware): this {
    this.#params.push([name, middleware]);
    return this;
  }

  /** Puts `prefix` before the pattern, in place of the one that was put there before. */
  setPrefix(prefix: string): this {
    this.#pattern = new RoutePattern(joinPaths(prefix, this.#own, this.#options.strict), this.#options);
    return this;
  }

  /** Gives what runs when the route is matched: the first step sets the parameters. */
  steps(): RouteStep[] {
    const [first, ...others] = [...this.#paramHandlers(), ...this.stack.map(toFunction)];
    if (first === undefined) return [];
    const enter: RouteStep = (context, next, match) => {
      this.#enter(context, match);
      return first(context, next);
    };
    // What is carried is not for them.
    return [
      enter,
      ...others.map(
        (handler): RouteStep =>
          (context, next) =>
            handler(context, next),
      ),
    ];
  }

  toJSON(): Route {
    const { methods, name, path, pattern, stack } = this;
    const { end, sensitive, strict, ignoreCaptures } = this.#options;
    return {
      methods: [...methods],
      middleware: [...stack],
      ...(name === undefined ? {} : { name }),
      options: { end, sensitive, strict, ignoreCaptures },
      paramNames: [...pattern.paramNames],
      path,
      regexp: pattern.regexp,
    };
  }

  #enter(context: AnyContext, { path, plain }: RouteMatch<Layer>): void {
    const captures = this.captures(path, plain);
    context.captures = captures;
    if (captures.length === 0) context.params ??= {};
    else if (context.params === undefined) context.params = this.#pattern.params(captures);
    else context.params = { ...context.params, ...this.#pattern.params(captures) };
  }

  #paramHandlers(): MiddlewareFunction<AnyContext>[] {
    return this.#pattern.paramNames.flatMap((name) =>
      this.#params
        .filter(([of]) => of === name)
        .map(([, middleware]) => (context: AnyContext, next: Next) => {
          const value = context.params[name];
          return value === undefined ? next() : middleware(value, context, next);
        }),
    );
  }
}

/** A slash at the seam counts once; of a path that is only a slash, none is left unless it makes a difference. */
function joinPaths(prefix: string, path: string, strict = false): string {
  const stem = prefix.replace(/\/$/, "");
  return stem !== "" && path === "/" && !strict ? stem : stem + path;
}
