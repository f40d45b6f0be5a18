/**
 * The body that a plain HTML form sends.
 *
 * @module
 */

import { createHttpError } from "./http-error.ts";

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})[^&=+%]{0,2}/;

/**
 * Parses `application/x-www-form-urlencoded`. Escapes that are no UTF-8 become U+FFFD.
 *
 * Throws an `HttpError` 400 for a percent sign that begins no escape: a form sends `%25` for it.
 *
 * @see URL Standard, section 5.1
 */
export function parseForm(text: string): URLSearchParams {
  const bad = BAD_ESCAPE.exec(text);
  if (bad !== null) {
    throw createHttpError(400, `The body is not a form: "${bad[0]}" is no percent-encoding`);
  }
  // A question mark would be taken for the beginning of a query, and left out.
  return new URLSearchParams(text.startsWith("?") ? `&${text}` : text);
}
