/**
 * What a `Content-Type` header says: the media type, its parameters, and whether it is one of some.
 *
 * ```ts
 * matchesMediaType("application/ld+json; charset=utf-8", ["text/*", "+json"]); // "application/ld+json"
 * matchesMediaType("application/json", ["html", "json"]); // "json"
 * parametersOf('multipart/form-data; boundary="a b"').get("boundary"); // "a b"
 * ```
 *
 * @see RFC 9110, section 8.3
 * @module
 */

import { contentType as lookUp } from "./content-type.ts";
import { parseParameters } from "./header-parameters.ts";

/** Of longer headers the parameters are not read. */
const MAX_LENGTH = 1024;
const ESSENCE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;
/** Names for what has no extension. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ["urlencoded", "application/x-www-form-urlencoded"],
  ["multipart", "multipart/*"],
]);

/** The media type alone, in lower case; `undefined` for none, and for one that is malformed. */
export function essenceOf(contentType: string | null | undefined): string | undefined {
  const essence = contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return ESSENCE.test(essence) ? essence : undefined;
}

/**
 * The parameters by name, in lower case; none of a header that is malformed, has one twice, or is longer than 1024
 * characters.
 */
export function parametersOf(contentType: string | null | undefined): ReadonlyMap<string, string> {
  const readable = contentType && contentType.length <= MAX_LENGTH ? parseParameters(contentType) : undefined;
  return readable?.parameters ?? new Map();
}

/**
 * Whether `contentType` is one of `patterns`, whatever its parameters. Gives the first that it is: an extension or
 * a name (`json`, `.html`, `urlencoded`, `multipart`) as it is given, the media type itself for one with a slash or
 * a suffix (`text/*`, `application/*+json`, `+json`). `undefined` for none.
 *
 * Without patterns any media type is right.
 */
export function matchesMediaType(
  contentType: string | null | undefined,
  patterns: readonly string[],
): string | undefined {
  const essence = essenceOf(contentType);
  if (essence === undefined || patterns.length === 0) return essence;
  const found = patterns.find((pattern) => isOne(essence, expand(pattern)));
  if (found === undefined) return undefined;
  return /[/+]/.test(found) ? essence : found;
}

/** A media type in which `*` may stand for the type, the subtype, or that before the suffix. */
function expand(pattern: string): string {
  if (pattern.startsWith("+")) return `*/*${pattern}`;
  if (pattern.includes("/")) return pattern;
  return NAMED.get(pattern) ?? lookUp(pattern) ?? "";
}

function isOne(essence: string, pattern: string): boolean {
  const expected = essenceOf(pattern);
  if (expected === undefined) return false;
  const [type, subtype = ""] = essence.split("/");
  const [anyType, anySubtype = ""] = expected.split("/");
  if (anyType !== "*" && anyType !== type) return false;
  if (anySubtype.startsWith("*+")) return subtype.endsWith(anySubtype.slice(1));
  return anySubtype === "*" || anySubtype === subtype;
}
