/**
 * What stands before the content of a part of a form: its name, its file name and its type.
 *
 * @module
 */

import { parseParameters } from "./header-parameters.ts";
import { createHttpError, type HttpError } from "./http-error.ts";

/** What a part says of itself. */
export interface MultipartHeader {
  name: string;
  /** Only a file has one. */
  filename: string | undefined;
  /** The media type, with its parameters. @see RFC 7578, section 4.4, for the default */
  type: string;
  headers: Headers;
}

/** What a browser can't send inside quotes. @see HTML, "multipart/form-data encoding algorithm" */
const NAME_ESCAPE = /%(?:22|0D|0A)/gi;
const NAME_ESCAPES = new Map([
  ["%22", '"'],
  ["%0D", "\r"],
  ["%0A", "\n"],
]);
const utf8 = new TextDecoder();

/** The error for a body that is no multipart form, for the reason `problem`. */
export function malformedForm(problem: string): HttpError {
  return createHttpError(400, `The body is not a form: ${problem}`);
}

/**
 * Reads the lines before the content of a part. Names may be UTF-8 as it is, and the file name may be an extended
 * parameter, which then counts.
 *
 * Throws an `HttpError` 400 for what is malformed, or has no name.
 *
 * @see RFC 7578, section 4; RFC 8187, section 3.2
 */
export function readMultipartHeader(bytes: Uint8Array): MultipartHeader {
  const headers = new Map<string, string>();
  for (const line of utf8.decode(bytes).split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (name === "") throw malformedForm(`a part has the malformed header ${JSON.stringify(line)}`);
    if (headers.has(name)) throw malformedForm(`a part has the header "${name}" twice`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  const disposition = headers.get("content-disposition");
  if (disposition === undefined) throw malformedForm('a part has no "content-disposition"');
  const { value, parameters } = parseParameters(disposition) ?? {};
  if (value !== "form-data" || parameters === undefined) {
    throw malformedForm(`the "content-disposition" of a part is ${JSON.stringify(disposition)}`);
  }
  const name = parameters.get("name");
  if (name === undefined) throw malformedForm("a part has no name");
  return {
    name: unescapeName(name),
    filename: readFilename(parameters),
    type: headers.get("content-type") || "text/plain",
    headers: toHeaders(headers),
  };
}

function readFilename(parameters: ReadonlyMap<string, string>): string | undefined {
  const extended = parameters.get("filename*");
  if (extended === undefined) {
    const filename = parameters.get("filename");
    return filename === undefined ? undefined : unescapeName(filename);
  }
  const value = /^utf-8'[^']*'(.*)$/i.exec(extended)?.[1];
  try {
    if (value !== undefined) return decodeURIComponent(value);
  } catch {
    // An escape that is none, or no UTF-8: told below.
  }
  throw malformedForm(`a part has the extended file name ${JSON.stringify(extended)}`);
}

function unescapeName(name: string): string {
  return name.replace(NAME_ESCAPE, (escaped) => NAME_ESCAPES.get(escaped.toUpperCase()) ?? escaped);
}

function toHeaders(fields: ReadonlyMap<string, string>): Headers {
  const headers = new Headers();
  for (const [name, value] of fields) {
    if (value.includes("\0")) throw malformedForm(`a part has the header ${JSON.stringify(name)} with a NUL`);
    try {
      headers.set(name, toByteString(value));
    } catch {
      // The standard's words for it do not help: a name that is no token, or a lone CR or LF.
      throw malformedForm(`a part has the malformed header ${JSON.stringify(name)}`);
    }
  }
  return headers;
}

/** `Headers` hold one character for each byte. */
function toByteString(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
