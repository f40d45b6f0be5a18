/**
 * A path with parameters, as `/book/:id`, in the syntax of path-to-regexp 6.
 *
 * @module
 */

import { type Key, pathToRegexp } from "path-to-regexp";

/** How a pattern is matched. */
export interface RoutePatternOptions {
  /** Whether the path must end where the pattern does. @default true */
  end?: boolean;
  /** Whether case makes a difference. @default false */
  sensitive?: boolean;
  /** Whether a slash at the end makes a difference. @default false */
  strict?: boolean;
}

/** The parameters that a path gave, by name; one that is optional may be missing. */
export type RouteParams = Record<string, string | undefined>;

/** A pattern, ready to match. Throws a `TypeError` for a pattern with a fault in its syntax. */
export class RoutePattern {
  /** The pattern as it was written. */
  readonly path: string;
  /** The names of the parameters, in order. */
  readonly paramNames: string[];
  readonly #regexp: RegExp;

  constructor(path: string, options: RoutePatternOptions = {}) {
    const keys: Key[] = [];
    this.path = path;
    this.#regexp = pathToRegexp(path, keys, options);
    this.paramNames = keys.map(({ name }) => String(name));
  }

  /** Gives the parameters in `path`, decoded, or `undefined` when it does not match. */
  match(path: string): RouteParams | undefined {
    const match = this.#regexp.exec(path);
    if (match === null) return undefined;
    const params: RouteParams = {};
    for (const [index, name] of this.paramNames.entries()) {
      const value = match[index + 1];
      if (value !== undefined) params[name] = decode(value);
    }
    return params;
  }
}

/** What can't be decoded is given as it was sent. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
