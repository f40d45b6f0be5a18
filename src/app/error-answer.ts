/**
 * What a client gets when a handler throws.
 *
 * @module
 */

import type { HttpError } from "../http/http-error.ts";
import { prefersProblem, problemDetails } from "../http/problem-details.ts";
import { STATUS_TEXT } from "../http/status.ts";
import type { Response } from "./response.ts";

/** Gives what was thrown as an `Error`; never throws itself. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error && isReadable(thrown)) return thrown;
  return new Error(`non-error thrown: ${describe(thrown)}`, { cause: thrown });
}

/**
 * Makes `response` the answer to `error`: its status if it names one from 400 on, 404 for a file that is not
 * there, else 500; its message if it may be exposed, else the text of the status; its headers, and none that
 * were set before. A client that `accept`s JSON rather than text gets problem details.
 *
 * @see RFC 9457
 */
export function answerError(response: Response, error: Error, accept: string | null): void {
  const { expose, headers } = error as Partial<HttpError>;
  const status = statusOf(error);
  const detail = expose === true ? error.message : undefined;
  response.reset();
  if (headers instanceof Headers) response.headers = new Headers(headers);
  response.status = status;
  if (prefersProblem(accept)) {
    response.headers.set("content-type", "application/problem+json");
    response.body = JSON.stringify(problemDetails(status, detail === undefined ? {} : { detail }));
  } else {
    response.type = "text/plain";
    response.body = detail ?? STATUS_TEXT[status] ?? "";
  }
}

/** A missing file has another name on each runtime. */
function statusOf(error: Error): number {
  const { status, code } = error as Error & { status?: unknown; code?: unknown };
  if (isErrorStatus(status)) return status;
  return error.name === "NotFound" || code === "ENOENT" ? 404 : 500;
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
