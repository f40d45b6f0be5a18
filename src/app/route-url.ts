/**
 * From a pattern and its parameters back to a URL.
 *
 * ```ts
 * routeUrl("/book/:id", { id: "a/b" }, { query: { sort: "asc" } }); // "/book/a%2Fb?sort=asc"
 * ```
 *
 * @module
 */

import { compile, type Key, parse } from "path-to-regexp";

/** The values of parameters, by name; several for one that repeats. */
export type RouteUrlParams = Readonly<
  Record<string | number, string | number | readonly string[] | undefined>
>;

/** What may be said of a URL beside its parameters. */
export interface RouteUrlOptions {
  /** What stands behind the question mark. */
  query?: URLSearchParams | Record<string, string> | string | undefined;
  /** Makes a value fit to stand in a path. @default encodeURIComponent */
  encode?: ((value: string) => string) | undefined;
}

/**
 * Puts `params` into the pattern `path`. What they hold comes out of the path again when it is matched; only of
 * a parameter with an expression of its own do slashes stay slashes.
 *
 * Throws a `TypeError` when one is missing, or does not fit.
 */
export function routeUrl(path: string, params: RouteUrlParams = {}, options: RouteUrlOptions = {}): string {
  const values = { ...restParams(path), ...params };
  try {
    return (fill(path, values, options.encode) || "/") + searchOf(options.query);
  } catch (cause) {
    throw new TypeError(`Cannot make a URL of "${path}": ${(cause as Error).message}`, { cause });
  }
}

function fill(path: string, values: RouteUrlParams, encode: RouteUrlOptions["encode"]): string {
  if (encode !== undefined) return compile(path, { encode })(values);
  // Patterns are matched against what is decoded, so an expression has to fit the value as it is.
  compile(path, { encode: (value, key) => (isCustom(key) ? value : encodeURIComponent(value)) })(values);
  return compile(path, { encode: encodeValue, validate: false })(values);
}

function encodeValue(value: string, key: Key): string {
  if (!isCustom(key)) return encodeURIComponent(value);
  return value.split("/").map(encodeURIComponent).join("/");
}

/** Whether the pattern says itself what the parameter may be. */
function isCustom({ pattern }: Key): boolean {
  return pattern !== "[^\\/#\\?]+?";
}

/** What nameless wildcards are when nothing is said: nothing. */
function restParams(path: string): Record<string, string> {
  const rests = parse(path).filter(
    (token): token is Key => typeof token === "object" && token.pattern === ".*",
  );
  return Object.fromEntries(
    rests.flatMap(({ name }) => (typeof name === "number" ? [[String(name), ""]] : [])),
  );
}

function searchOf(query: RouteUrlOptions["query"]): string {
  if (query === undefined) return "";
  const url = new URL("http://host");
  url.search = typeof query === "string" ? query : new URLSearchParams(query).toString();
  return url.search;
}
