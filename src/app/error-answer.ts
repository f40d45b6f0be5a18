/**
 * What a client gets when a handler throws.
 *
 * @module
 */

import type { HttpError } from "../http/http-error.ts";
import { STATUS_TEXT } from "../http/status.ts";
import type { Response } from "./response.ts";

/** Gives what was thrown as an `Error`; never throws itself. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error && isReadable(thrown)) return thrown;
  return new Error(`non-error thrown: ${describe(thrown)}`, { cause: thrown });
}

/**
 * Makes `response` the answer to `error`: its status if it names one from 400 on, else 500; its message if it
 * may be exposed, else the text of the status; its headers, and none that were set before.
 */
export function answerError(response: Response, error: Error): void {
  const { status, expose, headers } = error as Partial<HttpError>;
  response.reset();
  if (headers instanceof Headers) response.headers = new Headers(headers);
  response.status = isErrorStatus(status) ? status : 500;
  response.type = "text/plain";
  response.body = expose === true ? error.message : (STATUS_TEXT[response.status] ?? "");
}

function isErrorStatus(status: unknown): status is number {
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
}

function describe(thrown: unknown): string {
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    // A cycle, a bigint, a `toJSON` that throws.
    return describeKind(thrown);
  }
}

function describeKind(thrown: unknown): string {
  try {
    return Object.prototype.toString.call(thrown);
  } catch {
    // Even the tag of its kind may be a getter that throws.
    return "[object Object]";
  }
}

/** An error's members may be of any kind, or getters that throw. */
function isReadable(error: Error): boolean {
  try {
    const { name, message, stack = "" } = error;
    return [name, message, stack].every((text) => typeof text === "string");
  } catch {
    return false;
  }
}
