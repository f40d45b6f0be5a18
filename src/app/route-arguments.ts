/**
 * What a route is added with: `(path, ...middleware)`, or `(name, path, ...middleware)`.
 *
 * @module
 */

import type { State } from "./context.ts";
import type { RouteHandler } from "./route-context.ts";
import type { PathOf } from "./route-params.ts";

/** What a type argument of a route stands for: its path, or the parameters of one. */
export type Routed = string | object;

/** The middleware of a route: one at least. */
export type RouteHandlers<Of extends Routed, Params, Seen extends State> = [
  RouteHandler<PathOf<NoInfer<Of>>, NoInfer<Params>, Seen>,
  ...RouteHandler<PathOf<NoInfer<Of>>, NoInfer<Params>, Seen>[],
];

/** A route without a name. */
export type RouteArguments<Of extends Routed, Params, Seen extends State> = [
  path: PathOf<Of>,
  ...middleware: RouteHandlers<Of, Params, Seen>,
];

/** A route with a name. */
export type NamedRouteArguments<Of extends Routed, Params, Seen extends State> = [
  name: string,
  ...route: RouteArguments<Of, Params, Seen>,
];

// biome-ignore lint/suspicious/noExplicitAny: a handler of any parameters and state
type AnyHandler = RouteHandler<any, any, any>;

/** Either, whatever its types. */
export type AnyRouteArguments = [nameOrPath: string, ...others: (string | AnyHandler)[]];

/** Tells the arguments of a route apart. */
export function readRouteArguments([first, second, ...others]: AnyRouteArguments): {
  name: string | undefined;
  path: string;
  handlers: AnyHandler[];
} {
  const handlers = others as AnyHandler[];
  if (typeof second === "string") return { name: first, path: second, handlers };
  return { name: undefined, path: first, handlers: second === undefined ? [] : [second, ...handlers] };
}
