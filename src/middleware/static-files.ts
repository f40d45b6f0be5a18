/**
 * Serves the files of a folder, on any runtime that has a disk.
 *
 * @example
 * ```ts
 * app.use(staticFiles("public"));
 * app.use(staticFiles({ root: "dist/assets", prefix: "/assets", immutable: true, maxage: 31_536_000_000 }));
 * ```
 *
 * @module
 */

import type { Next } from "../app/compose.ts";
import { findFile } from "../app/find-file.ts";
import { type SendContext, type SendOptions, send } from "../app/send.ts";
import { isHttpError } from "../http/http-error.ts";

/** Which files are served, at which paths, and how. */
export interface StaticFilesOptions extends Omit<SendOptions, "format"> {
  /** Whether what is not there is left to the middleware that comes next; else it is a 404. @default true */
  fallthrough?: boolean | undefined;
  /** The file that stands for its folder; empty for none. @default "index.html" */
  index?: string | undefined;
  /** The path below which the files are, such as `/assets`. @default "" */
  prefix?: string | undefined;
  /** Whether the path of a folder that has an index is sent on to the same with a slash. @default true */
  redirect?: boolean | undefined;
}

/** What is needed of a context. */
export interface StaticFilesContext extends SendContext {
  readonly request: SendContext["request"] & { readonly path?: string; readonly url: URL };
}

/**
 * Makes a middleware that answers GET and HEAD with the files below a folder, as {@linkcode send} does; it leaves
 * other methods to the next.
 *
 * A request that must not be answered is refused, and goes no further: 400 for a malformed path, 403 for hidden
 * names and what lies beyond the root. Throws a `TypeError` without a root, and for a prefix without a slash before it.
 */
export function staticFiles(
  rootOrOptions: string | URL | StaticFilesOptions,
): (context: StaticFilesContext, next: Next) => Promise<unknown> {
  const options = readOptions(rootOrOptions);
  const { prefix, fallthrough } = options;
  return async (context, next) => {
    const { method } = context.request;
    if (method !== "GET" && method !== "HEAD") return next();
    const whole = context.request.path ?? context.request.url.pathname;
    if (!whole.startsWith(prefix) || (whole.length > prefix.length && whole[prefix.length] !== "/"))
      return next();
    try {
      if (await serve(context, whole.slice(prefix.length), options)) return undefined;
    } catch (error) {
      if (!fallthrough || !isHttpError(error) || error.status !== 404) throw error;
    }
    return next();
  };
}

type ReadOptions = SendOptions & { prefix: string; fallthrough: boolean };

function readOptions(rootOrOptions: string | URL | StaticFilesOptions): ReadOptions {
  const given =
    typeof rootOrOptions === "string" || rootOrOptions instanceof URL
      ? { root: rootOrOptions }
      : rootOrOptions;
  const { root, index = "index.html", fallthrough = true, redirect = true } = given;
  const prefix = (given.prefix ?? "").replace(/\/$/, "");
  if (!(root instanceof URL) && (typeof root !== "string" || root === "")) {
    throw new TypeError(`Cannot serve files: the root is "${root}", not a folder`);
  }
  if (prefix !== "" && !prefix.startsWith("/")) {
    throw new TypeError(`Cannot serve files below "${prefix}": a prefix begins with a slash`);
  }
  return { ...given, index: index === "" ? undefined : index, format: !redirect, prefix, fallthrough };
}

/** Says whether there was something to be answered with. */
async function serve(context: StaticFilesContext, path: string, options: ReadOptions): Promise<boolean> {
  const redirects = options.format === false;
  // The prefix itself is a folder without its slash.
  const served = path !== "" || !redirects ? await send(context, path, options) : undefined;
  if (served !== undefined) return true;
  if (!redirects || path.endsWith("/")) return false;
  const index = await findFile(`${path}/`, options, context.request);
  if (index === undefined || index === "folder") return false;
  index.file.close();
  const { response, request } = context;
  response.status = 301;
  // With two slashes at its beginning it would lead to another host; such a path was refused above.
  response.headers.set("location", `${options.prefix}${path}/${request.url.search}`);
  response.body = null;
  return true;
}
