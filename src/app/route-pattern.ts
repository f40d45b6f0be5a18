/**
 * A path with parameters, as `/book/:id`, in the syntax of path-to-regexp 6.
 *
 * @module
 */

import { type Key, pathToRegexp } from "path-to-regexp";
import { type RouteSegments, toSegments } from "./route-segments.ts";

/** How a pattern is matched. */
export interface RoutePatternOptions {
  /** Whether the path must end where the pattern does. @default true */
  end?: boolean | undefined;
  /** Whether case makes a difference. @default false */
  sensitive?: boolean | undefined;
  /** Whether a slash at the end makes a difference. @default false */
  strict?: boolean | undefined;
}

/** The parameters that a path gave, by name; one that is optional may be missing. */
export type MatchedParams = Record<string, string | undefined>;

/** A pattern, ready to match. Throws a `TypeError` for a pattern with a fault in its syntax. */
export class RoutePattern {
  /** The pattern as it was written. */
  readonly path: string;
  /** The names of the parameters, in order. */
  readonly paramNames: readonly string[];
  /** What matches a path. */
  readonly regexp: RegExp;
  /** Whether a slash at the end makes a difference. */
  readonly strict: boolean;
  /** Whether the path must end where the pattern does. */
  readonly end: boolean;
  /** What is known of the segments of a path that matches. */
  readonly known: RouteSegments;
  /** Whether the parameters are whole segments, of any text. */
  readonly #isPlain: boolean;

  constructor(path: string, options: RoutePatternOptions = {}) {
    const { end = true, sensitive = false, strict = false } = options;
    const keys: Key[] = [];
    this.path = path;
    this.end = end;
    this.strict = strict;
    this.regexp = withAnyCharacter(pathToRegexp(path, keys, { end, sensitive, strict }), path);
    this.paramNames = keys.map(({ name }) => String(name));
    this.known = toSegments(path, { end, sensitive });
    this.#isPlain = this.known.whole && this.known.certain;
  }

  /** Gives the parameters in `path`, decoded, or `undefined` when it does not match. */
  match(path: string): MatchedParams | undefined {
    const match = this.regexp.exec(path);
    return match === null ? undefined : this.params(match.slice(1));
  }

  /**
   * Gives the text of each parameter in `path`, in order, as it was sent; none when it does not match.
   *
   * `certain` says that it does, and has no `?` or `#`.
   */
  captures(path: string, certain = false): (string | undefined)[] {
    if (this.paramNames.length === 0) return [];
    if (certain && this.#isPlain) return captureSegments(this.known.segments, path);
    return this.regexp.exec(path)?.slice(1) ?? [];
  }

  /** Names and decodes what was captured; what can't be decoded is given as it was sent. */
  params(captures: readonly (string | undefined)[]): MatchedParams {
    const params: MatchedParams = {};
    for (let index = 0; index < captures.length; index++) {
      const name = this.paramNames[index];
      const value = captures[index];
      if (name !== undefined && value !== undefined) params[name] = decode(value);
    }
    return params;
  }
}

/** A dot is to match any character: a line feed, sent as `%0A`, must not lead past the middleware of `(.*)`. */
function withAnyCharacter(regexp: RegExp, path: string): RegExp {
  return path.includes("(") ? new RegExp(regexp.source, `${regexp.flags}s`) : regexp;
}

/** Gives those segments of `path` of which any text was expected. */
function captureSegments(segments: readonly (string | undefined)[], path: string): string[] {
  const captures: string[] = [];
  let start = 1;
  for (const segment of segments) {
    const slash = path.indexOf("/", start);
    const end = slash === -1 ? path.length : slash;
    if (segment === undefined) captures.push(path.slice(start, end));
    start = end + 1;
  }
  return captures;
}

function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that the client did not encode.
    return text;
  }
}
