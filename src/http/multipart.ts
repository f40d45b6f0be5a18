/**
 * Takes a multipart form apart while it comes in, so that a file need never be held as a whole.
 *
 * ```ts
 * for await (const part of readMultipart(stream, boundary)) {
 *   if (part.filename === undefined) console.log(part.name, await part.text());
 *   else await part.stream.pipeTo(destination(part.name));
 * }
 * ```
 *
 * @module
 */

import { DelimitedReader } from "./delimited-reader.ts";
import { parseParameters } from "./header-parameters.ts";
import { createHttpError } from "./http-error.ts";
import { malformedForm, readMultipartHeader } from "./multipart-header.ts";
import { fillMultipartLimits, type MultipartLimits } from "./multipart-limits.ts";
import { MultipartContent, MultipartPart } from "./multipart-part.ts";

/** @see RFC 2046, section 5.1.1 */
const BOUNDARY = /^[\x20-\x7e]{0,69}[\x21-\x7e]$/;
const PADDING_BYTES = 256;
const CRLF = ascii("\r\n");
const HEADER_END = ascii("\r\n\r\n");
const DASHES = ascii("--");

/**
 * The boundary that a content type names.
 *
 * Throws an `HttpError`: 400 for a `multipart/form-data` without one, or with one that is none; 415 for another
 * type.
 */
export function readBoundary(contentType: string): string {
  if (!/^\s*multipart\/form-data\s*(?:;|$)/i.test(contentType)) {
    throw createHttpError(415, `The body is not a form: its content type is ${JSON.stringify(contentType)}`);
  }
  const boundary = parseParameters(contentType)?.parameters.get("boundary");
  if (boundary === undefined)
    throw malformedForm(`its content type ${JSON.stringify(contentType)} has no boundary`);
  if (!BOUNDARY.test(boundary)) throw malformedForm(`its boundary is ${JSON.stringify(boundary)}`);
  return boundary;
}

/**
 * Gives the parts of a form in their order. A part that was not read is thrown away when the next is asked for.
 * At the end the rest of `stream` is read, and thrown away; where the loop is left early, it is cancelled.
 *
 * Throws a `RangeError` for limits that are none. The iteration rejects with an `HttpError`: 400 for what is
 * malformed, 413 past a limit; and as `stream` does.
 *
 * @see RFC 7578; RFC 2046, section 5.1
 */
export function readMultipart(
  stream: ReadableStream<Uint8Array>,
  boundary: string,
  limits: MultipartLimits = {},
): AsyncGenerator<MultipartPart, void, void> {
  return iterate(stream, ascii(`\r\n--${boundary}`), fillMultipartLimits(limits));
}

async function* iterate(
  stream: ReadableStream<Uint8Array>,
  delimiter: Uint8Array,
  limits: Required<MultipartLimits>,
): AsyncGenerator<MultipartPart, void, void> {
  // The first boundary has a line end before it only where a preamble has.
  const source = new DelimitedReader(stream, CRLF, "The body is not a form: its last boundary is missing");
  let parts = 0;
  let files = 0;
  try {
    while ((await source.takePiece(delimiter)) !== undefined);
    while (await hasNext(source)) {
      if (++parts > limits.maxParts) throw tooMany("parts", limits.maxParts);
      const header = await readHeader(source, limits);
      const isFile = header.filename !== undefined;
      if (isFile && ++files > limits.maxFiles) throw tooMany("files", limits.maxFiles);
      const maxBytes = isFile ? limits.maxFileBytes : limits.maxFieldBytes;
      const title = `the ${isFile ? "file" : "field"} ${JSON.stringify(header.name)}`;
      const content = new MultipartContent(source, delimiter, maxBytes, title);
      yield new MultipartPart(header, content);
      await content.pass();
    }
    await source.drain();
  } finally {
    source.release();
  }
}

/** Reads what follows a boundary: a line end, or two dashes after the last. */
async function hasNext(source: DelimitedReader): Promise<boolean> {
  if (await source.skip(DASHES)) return false;
  const padding = await source.takeBefore(CRLF, PADDING_BYTES);
  // Also the end of the line: a boundary is followed by spaces at most.
  if (padding?.every((byte) => byte === 0x20 || byte === 0x09) === true) return true;
  throw malformedForm("a boundary is followed by something else than a line end");
}

async function readHeader(
  source: DelimitedReader,
  { maxHeaderBytes }: Required<MultipartLimits>,
): Promise<ReturnType<typeof readMultipartHeader>> {
  const bytes = await source.takeBefore(HEADER_END, maxHeaderBytes);
  if (bytes !== undefined) return readMultipartHeader(bytes);
  throw createHttpError(413, `The headers of a part of the form are larger than ${maxHeaderBytes} bytes`);
}

function tooMany(what: "files" | "parts", limit: number): Error {
  return createHttpError(413, `The form has more than ${limit} ${what}`);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
