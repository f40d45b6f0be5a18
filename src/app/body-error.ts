/**
 * What can go wrong with the body of a request, in one wording for all who read bodies.
 *
 * @module
 */

import { createHttpError, type HttpError, isHttpError } from "../http/http-error.ts";

/** The body holds more than it may. @see RFC 9110, section 15.5.14 */
export function bodyTooLarge(limitBytes: number): HttpError {
  return createHttpError(413, `The body is larger than ${limitBytes} bytes`);
}

/** The body ended too early: nobody is left to read this, but the handler ends, and nothing is logged. */
export function clientLeft(cause?: unknown): HttpError {
  return createHttpError(400, "The client left before the end of the body", { cause });
}

/** The body was read already, in another way. */
export function bodyUsed(): TypeError {
  return new TypeError("Body already used as a different type.");
}

/** Throws what a reader is told of the `error` that a runtime's own reading of a body rejected with. */
export function failRead(error: unknown): never {
  if (isHttpError(error)) throw error;
  // That it was used is learned afterwards: to be asked whether it was, Deno makes a body of it.
  throw error instanceof TypeError ? bodyUsed() : clientLeft(error);
}

/** Throws a `RangeError` for a limit that is no whole number from 0 on, nor `Infinity`. */
export function checkBodyLimit(limitBytes: number): void {
  if (limitBytes === Number.POSITIVE_INFINITY || (Number.isSafeInteger(limitBytes) && limitBytes >= 0))
    return;
  throw new RangeError(`Cannot limit the body: "${limitBytes}" is no number of bytes`);
}
