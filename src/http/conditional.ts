/**
 * Conditional requests: whether what the client knows already changes the answer.
 *
 * @module
 */

import { matchesStrongly, matchesWeakly } from "./entity-tag.ts";
import { parseHttpDate } from "./http-date.ts";

/** What tells one version of a representation from another. */
export interface Validators {
  /** The entity tag. */
  readonly etag?: string | undefined;
  /** When it was last changed, in milliseconds since 1970; compared to the second. */
  readonly lastModifiedMs?: number | undefined;
}

/**
 * Evaluates the preconditions of a request for a representation that exists, in their order.
 *
 * Gives the status of the answer that they ask for: 304 as the client has it, 412 as it is not the one that the
 * client means; `undefined` for none, so that the request goes on. A malformed date is no condition.
 *
 * @see RFC 9110, section 13.2.2
 */
export function evaluatePreconditions(
  method: string,
  headers: Headers,
  { etag, lastModifiedMs }: Validators,
): 304 | 412 | undefined {
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) {
    // Of what has no tag, `*` is still true.
    if (!matchesStrongly(ifMatch, etag ?? "")) return 412;
  } else {
    const since = dateOf(headers, "if-unmodified-since");
    if (since !== undefined && lastModifiedMs !== undefined && toSecond(lastModifiedMs) > since) return 412;
  }
  const reads = method === "GET" || method === "HEAD";
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) {
    if (!matchesWeakly(ifNoneMatch, etag ?? "")) return undefined;
    return reads ? 304 : 412;
  }
  if (!reads || lastModifiedMs === undefined) return undefined;
  const since = dateOf(headers, "if-modified-since");
  return since !== undefined && toSecond(lastModifiedMs) <= since ? 304 : undefined;
}

/**
 * Whether the ranges that a request asks for may be given: there is no `If-Range`, or it names, to the letter,
 * what is there now. A weak tag never does.
 *
 * @see RFC 9110, section 13.1.5
 */
export function isRangeCurrent(headers: Headers, { etag, lastModifiedMs }: Validators): boolean {
  const ifRange = headers.get("if-range")?.trim();
  if (ifRange === undefined) return true;
  if (/^(?:W\/)?"/.test(ifRange)) return etag !== undefined && ifRange === etag && !etag.startsWith("W/");
  return lastModifiedMs !== undefined && parseHttpDate(ifRange) === toSecond(lastModifiedMs);
}

function dateOf(headers: Headers, name: string): number | undefined {
  const value = headers.get(name);
  return value === null ? undefined : parseHttpDate(value);
}

function toSecond(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000;
}
