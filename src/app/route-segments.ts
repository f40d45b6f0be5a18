/**
 * What the segments of a path must be for a pattern to match it: how a pattern finds its place in the tree.
 *
 * `/book/:id` is the text `book` and any second segment, and nothing more has to be known. Of
 * `/files/(.*)` the first segment is known, and only the regular expression knows the rest.
 *
 * @module
 */

import { type Key, parse, type Token } from "path-to-regexp";

/** What is known of the segments of all paths that a pattern matches. */
export interface RouteSegments {
  /** What the first segments are: a text, or any that is not empty (`undefined`). */
  readonly segments: readonly (string | undefined)[];
  /** Whether these are all segments of the pattern; else it goes on in a way that only its expression knows. */
  readonly whole: boolean;
  /** Whether a path of such segments matches for sure; else its expression has to be asked. */
  readonly certain: boolean;
}

/** What makes a difference here of the options of a pattern. */
export interface RouteSegmentsOptions {
  end?: boolean | undefined;
  sensitive?: boolean | undefined;
}

/** The expression that path-to-regexp gives a parameter which is a whole segment. */
const ANY_SEGMENT = "[^\\/#\\?]+?";

/** Expressions that can't match a slash, whatever they are put together of: digits, words, classes of those. */
const WITHIN_SEGMENT = /^(?:\\[dw]|[\w|?*+]|\{\d+,?\d*\}|\[(?:\\[dw]|[A-Za-z0-9_](?:-[A-Za-z0-9_])?)+-?\])+$/;

/** Tells what is known of the segments of a path. Throws a `TypeError` for a pattern with a fault in its syntax. */
export function toSegments(path: string, options: RouteSegmentsOptions = {}): RouteSegments {
  const tokens = parse(path);
  const segments: (string | undefined)[] = [];
  let certain = options.sensitive !== true;
  for (const [index, token] of tokens.entries()) {
    if (typeof token === "string") {
      const [head, ...texts] = token.split("/");
      if (head !== "") return { segments, whole: false, certain: false };
      if (!isBoundaryAfter(tokens, index)) texts.pop();
      segments.push(...texts);
      // Letters beyond ASCII have more than one notion of case.
      certain &&= !/[^\0-\x7f]/.test(token);
    } else if (isSegment(token) && isBoundaryAfter(tokens, index)) {
      segments.push(undefined);
      certain &&= token.pattern === ANY_SEGMENT;
    } else {
      return { segments, whole: false, certain: false };
    }
  }
  if (options.end !== false || !endsInDelimiter(tokens.at(-1))) return { segments, whole: true, certain };
  return { segments: segments.slice(0, -1), whole: false, certain: false };
}

/** Whether what follows, or the end, surely begins with a slash. */
function isBoundaryAfter(tokens: readonly Token[], index: number): boolean {
  const following = tokens[index + 1];
  if (following === undefined) return true;
  if (typeof following === "string") return following.startsWith("/");
  if (!following.prefix.startsWith("/")) return false;
  return isRequired(following) || isBoundaryAfter(tokens, index + 1);
}

/** Whether a parameter is one whole segment, always. */
function isSegment({ prefix, pattern, suffix, modifier }: Key): boolean {
  if (prefix !== "/" || suffix !== "" || modifier !== "") return false;
  if (pattern === ANY_SEGMENT) return true;
  return WITHIN_SEGMENT.test(pattern) && !new RegExp(`^(?:${pattern})$`).test("");
}

function isRequired({ modifier }: Key): boolean {
  return modifier === "" || modifier === "+";
}

/** Whether path-to-regexp takes a pattern that may go on for one that ends at a boundary. */
function endsInDelimiter(last: Token | undefined): boolean {
  return typeof last === "string" && /[[\]/\\#?]$/.test(last);
}
