/**
 * The routes of a router, and the way from a path to those that match.
 *
 * @module
 */

import { ApplicationErrorEvent } from "./application-events.ts";
import { isMiddlewareObject, type Next } from "./compose.ts";
import { toError } from "./error-answer.ts";
import { RouteChains } from "./route-chains.ts";
import type { RouteHandler, RouterContext, RouterParamMiddleware } from "./route-context.ts";
import { Layer, type LayerOptions } from "./route-layer.ts";
import { type RouteMatch, RouteTree } from "./route-tree.ts";
import type { RouteUrlParams } from "./route-url.ts";

// biome-ignore lint/suspicious/noExplicitAny: a handler of any parameters and state
type AnyHandler = RouteHandler<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: a middleware of any parameters and state
type AnyParamMiddleware = RouterParamMiddleware<any, any, any>;

/** How a router matches. */
export interface RouterOptions {
  /**
   * The methods that `all` adds a route for, but OPTIONS, and that are known: another, unless a route is added for
   * it, is answered with 501. @default DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT; QUERY is known as well
   */
  methods?: readonly string[];
  /** What all paths begin with. */
  prefix?: string;
  /** What is routed in place of the path of the request. */
  routerPath?: string;
  /** Whether case makes a difference. @default false */
  sensitive?: boolean;
  /** Whether a slash at the end makes a difference. @default false */
  strict?: boolean;
}

/** What a route is made of, beside its path. */
export interface RouteDefinition extends Pick<LayerOptions, "end"> {
  methods: readonly string[];
  name?: string | undefined;
  handlers: readonly AnyHandler[];
}

const DEFAULT_METHODS: readonly string[] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const KNOWN_METHODS: readonly string[] = [...DEFAULT_METHODS, "QUERY"];

/** Routes in the order in which they were added, below one prefix. What is needed to find them is made on demand. */
export class RouteTable {
  readonly #options: RouterOptions;
  readonly #methods = new Set<string>();
  readonly #layers: Layer[] = [];
  readonly #params: [name: string, middleware: AnyParamMiddleware][] = [];
  readonly #ready = new Set<object>();
  #prefix: string;
  #index: { tree: RouteTree<Layer>; chains: RouteChains } | undefined;

  /** Throws a `TypeError` for a prefix that no path begins with. */
  constructor(options: RouterOptions = {}) {
    this.#options = options;
    this.#prefix = checkPrefix(options.prefix ?? "");
  }

  /** The methods of a route for all. */
  get allMethods(): string[] {
    return (this.#options.methods ?? DEFAULT_METHODS).filter((method) => method !== "OPTIONS");
  }

  get layers(): readonly Layer[] {
    return this.#layers;
  }

  /** The middleware of parameters, by name. */
  get params(): Record<string, AnyParamMiddleware> {
    return Object.fromEntries(this.#params);
  }

  /** Whether a method is one of the options, or of any route. */
  knows(method: string): boolean {
    return (this.#options.methods ?? KNOWN_METHODS).includes(method) || this.#methods.has(method);
  }

  /** Adds a route. Throws a `TypeError` for a pattern with a fault in its syntax. */
  add(path: string, { handlers, methods, ...options }: RouteDefinition): void {
    const { sensitive, strict } = this.#options;
    this.#push(new Layer(path, methods, handlers, { sensitive, strict, ...options }));
  }

  /** Adds the routes that `table` has now, below `path`. */
  mount(path: string, table: RouteTable): void {
    for (const layer of [...table.#layers]) this.#push(layer.clone().setPrefix(path).clone());
  }

  /** Adds middleware for a parameter of all routes, those to come too. */
  param(name: string, middleware: AnyParamMiddleware): void {
    this.#params.push([name, middleware]);
    for (const layer of this.#layers) layer.param(name, middleware);
    this.#index = undefined;
  }

  /** Puts `prefix` before all paths, in place of the one before. Throws a `TypeError` as the constructor does. */
  setPrefix(prefix: string): void {
    this.#prefix = checkPrefix(prefix);
    for (const layer of this.#layers) layer.setPrefix(prefix);
    this.#index = undefined;
  }

  /** Gives the first route of that name. */
  named(name: string): Layer | undefined {
    return this.#layers.find((layer) => layer.name === name);
  }

  /**
   * Tells the way from `source` to `destination`, each a path or the name of a route, the latter also a URL: the
   * path to add, and what gives the URL for its parameters.
   *
   * Throws a `RangeError` for a name that no route has.
   */
  redirection(
    source: string,
    destination: string | URL,
  ): { path: string; locate(params: RouteUrlParams): string | URL } {
    const path = source.startsWith("/") ? source : this.#mustFind(source).ownPath;
    if (destination instanceof URL || destination.startsWith("/")) return { path, locate: () => destination };
    if (this.named(destination) === undefined && URL.canParse(destination)) {
      return { path, locate: () => destination };
    }
    const layer = this.#mustFind(destination);
    return { path, locate: (params) => layer.url(params) };
  }

  /** Finds the routes of a path, of any method. */
  find(path: string): RouteMatch<Layer> {
    return this.#indexed().tree.find(path);
  }

  /**
   * Runs those of the routes that were found which answer the method of the request, then `next`; tells the context
   * of them all.
   */
  run(match: RouteMatch<Layer>, context: RouterContext, next: Next): unknown {
    const chain = this.#indexed().chains.find(match.items, context.request.method);
    context.matched = context.matched === undefined ? [...match.items] : [...context.matched, ...match.items];
    if (chain === undefined) return next();
    if (chain.name !== undefined) context.routeName = chain.name;
    return chain.run(context, next, match);
  }

  /** Initializes the middleware objects of all routes, one after another, each once. */
  async init(): Promise<void> {
    for (const handler of this.#layers.flatMap(({ stack }) => stack)) {
      if (!isMiddlewareObject(handler) || this.#ready.has(handler)) continue;
      await handler.init?.();
      this.#ready.add(handler);
    }
  }

  #mustFind(name: string): Layer {
    const layer = this.named(name);
    if (layer !== undefined) return layer;
    throw new RangeError(`Cannot redirect by the name "${name}": no route has it`);
  }

  #push(layer: Layer): void {
    for (const [name, middleware] of this.#params) layer.param(name, middleware);
    for (const method of layer.methods) this.#methods.add(method);
    this.#layers.push(layer.setPrefix(this.#prefix));
    this.#index = undefined;
  }

  #indexed(): { tree: RouteTree<Layer>; chains: RouteChains } {
    if (this.#index === undefined) {
      const tree = new RouteTree<Layer>();
      for (const layer of this.#layers) tree.add(layer.pattern, layer);
      this.#index = { tree, chains: new RouteChains(this.#layers, tellLate) };
    }
    return this.#index;
  }
}

/** A prefix may also begin with a group or an expression, as `{/:language}?`. */
function checkPrefix(prefix: string): string {
  if (prefix === "" || /^[/({]/.test(prefix)) return prefix;
  throw new TypeError(`Cannot route below the prefix "${prefix}": it does not begin with "/"`);
}

function tellLate(error: unknown, context: RouterContext): void {
  context.app.dispatchEvent(new ApplicationErrorEvent(toError(error), context));
}
