/**
 * The bytes of a message as text, in the charset that its content type names.
 *
 * @module
 */

import { parseParameters } from "./header-parameters.ts";
import { createHttpError } from "./http-error.ts";

const utf8 = new TextDecoder();
const UTF8_LABEL = /^utf-?8$/i;
/** Its charset is said by its standard alone. @see RFC 8259, sections 8.1 and 11 */
const JSON_TYPE = /^application\/(?:[^;]*\+)?json$/;

/**
 * Decodes `bytes` by the `charset` of `contentType`, UTF-8 where it names none, and for JSON always. A byte order
 * mark is left out; bytes that are no text become U+FFFD.
 *
 * Throws an `HttpError` 415 for a charset that the runtime does not know.
 *
 * @see Encoding Standard, section 4.2, for the names of charsets
 */
export function decodeText(bytes: Uint8Array, contentType: string | null): string {
  return textDecoder(contentType).decode(bytes);
}

/** Whether `contentType` says no charset, so that it is UTF-8; one that says UTF-8 itself may be told otherwise. */
export function isUtf8(contentType: string | null): boolean {
  return contentType === null || !/charset/i.test(contentType);
}

/** Whether what `contentType` says comes to UTF-8, however it says so. */
export function comesToUtf8(contentType: string | null): boolean {
  try {
    return textDecoder(contentType) === utf8;
  } catch {
    // A charset that nobody knows is another one.
    return false;
  }
}

function textDecoder(contentType: string | null): TextDecoder {
  if (contentType === null || isUtf8(contentType)) return utf8;
  const { value = "", parameters } = parseParameters(contentType) ?? {};
  const charset = parameters?.get("charset") ?? "";
  if (charset === "" || UTF8_LABEL.test(charset) || JSON_TYPE.test(value)) return utf8;
  try {
    return new TextDecoder(charset);
  } catch {
    throw createHttpError(415, `Cannot read the text: its charset "${charset}" is not known`);
  }
}
