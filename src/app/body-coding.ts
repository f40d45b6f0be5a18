/**
 * Undoes the compression of a request's body.
 *
 * @module
 */

import { createHttpError } from "../http/http-error.ts";
import { BodyReader, type ByteStream } from "./body-reader.ts";

/** A content coding that every runtime can undo, under the name that its `DecompressionStream` has for it. */
export type BodyCoding = "gzip" | "deflate";

const CODINGS = new Map<string, BodyCoding>([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
]);

/**
 * Reads a `Content-Encoding`; `undefined` where the body is not coded.
 *
 * Throws an `HttpError` 415 for any coding unless `decompress` is set, and for what is none of {@linkcode BodyCoding};
 * its headers tell the client which codings would do.
 *
 * @see RFC 9110, sections 8.4 and 12.5.3
 */
export function readBodyCoding(header: string | null, decompress: boolean): BodyCoding | undefined {
  const name = (header ?? "").trim().toLowerCase();
  if (name === "" || name === "identity") return undefined;
  const coding = decompress ? CODINGS.get(name) : undefined;
  if (coding !== undefined) return coding;
  const error = createHttpError(415, `Cannot read the body: its content encoding is ${JSON.stringify(name)}`);
  error.headers = new Headers({ "accept-encoding": decompress ? "gzip, deflate" : "identity" });
  throw error;
}

/**
 * Reads `body` decoded, and no more of that than `limitBytes`. What is not coded so is an `HttpError` 400.
 */
export function decodeBody(body: ByteStream, coding: BodyCoding, limitBytes: number): BodyReader {
  const decoded = body.pipeThrough(new DecompressionStream(coding));
  return new BodyReader(decoded, limitBytes, (error) => {
    return createHttpError(400, `The body is not ${coding}: ${(error as Error).message}`, { cause: error });
  });
}
