/**
 * The `Cookie` header of a request, as names and values.
 *
 * @module
 */

import { parseCookie } from "cookie";

/** Of longer headers the rest is not read, from the last whole cookie on: a browser sends less. */
const MAX_LENGTH = 32_768;
/** So many cookies are read. */
const MAX_COOKIES = 512;

/**
 * Reads the cookies of a `Cookie` header. The first of a name counts; values are as they were sent, not decoded.
 * What is malformed is left out.
 *
 * @see RFC 6265, section 5.4
 */
export function parseCookies(header: string | null): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  if (header === null) return cookies;
  const whole = header.length <= MAX_LENGTH;
  const read = whole ? header : header.slice(0, Math.max(0, header.lastIndexOf(";", MAX_LENGTH)));
  for (const [name, value = ""] of Object.entries(parseCookie(read, { decode: (raw) => raw }))) {
    if (cookies.size === MAX_COOKIES) break;
    if (name !== "") cookies.set(name, value);
  }
  return cookies;
}
