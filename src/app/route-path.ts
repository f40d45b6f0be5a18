/**
 * The path that a router matches.
 *
 * @module
 */

import { createHttpError } from "../http/http-error.ts";
import type { Context } from "./context.ts";

/**
 * Gives the path of a request, decoded: a slash that came encoded is part of a name, and stays so, and a percent
 * sign too, lest it be decoded twice.
 *
 * Throws an `HttpError` 400 for one that is not encoded well; the client is not told it.
 */
export function pathOf({ request }: Pick<Context, "request">): string {
  // A context that was made by hand has no more than a URL.
  const pathname = request.path ?? request.url.pathname;
  if (!pathname.includes("%")) return pathname;
  try {
    return decodeURI(pathname.replaceAll("%25", "%2525"));
  } catch (cause) {
    throw createHttpError(400, `The path "${pathname}" is not encoded well`, { cause, expose: false });
  }
}
