/**
 * What is answered where a path is there, and the method is not.
 *
 * @module
 */

import { createHttpError } from "../http/http-error.ts";
import type { Context } from "./context.ts";
import type { ContextRoute } from "./route-context.ts";

/** How it is answered that a method is not there. */
export interface RouterAllowedMethodsOptions {
  /** Gives what is thrown in place of an `HttpError` 405, with `throw`. */
  methodNotAllowed?(): unknown;
  /** Gives what is thrown in place of an `HttpError` 501, with `throw`. */
  notImplemented?(): unknown;
  /** Whether an error is thrown where 405 or 501 would be answered. @default false */
  throw?: boolean;
}

/**
 * Answers a request for a path that `routes` match and nobody answered: OPTIONS with 200, another method with
 * 405, one that is not `known` with 501; each with `Allow`, in the order of the routes.
 *
 * @see RFC 9110, sections 9.3.7, 10.2.1, 15.5.6 and 15.6.2
 */
export function answerAllowedMethods(
  { request, response }: Context,
  routes: readonly ContextRoute[],
  known: boolean,
  options: RouterAllowedMethodsOptions,
): void {
  const allowed = new Set(routes.flatMap(({ methods }) => methods));
  const allow = [...allowed].join(", ");
  const { method } = request;
  // A route of this method has answered: the 404 is its own.
  if (allowed.has(method)) return;
  const status = known ? 405 : 501;
  if (status === 405 && allowed.size === 0) return;
  const answered = status === 405 && method === "OPTIONS" ? 200 : status;
  if (answered !== 200 && options.throw === true) throw makeError(answered, allow, options);
  response.status = answered;
  if (allow !== "") response.headers.set("allow", allow);
}

function makeError(status: 405 | 501, allow: string, options: RouterAllowedMethodsOptions): unknown {
  if (status === 405 && options.methodNotAllowed !== undefined) return options.methodNotAllowed();
  if (status === 501 && options.notImplemented !== undefined) return options.notImplemented();
  const error = createHttpError(status);
  return allow === "" ? error : Object.assign(error, { headers: new Headers({ allow }) });
}
