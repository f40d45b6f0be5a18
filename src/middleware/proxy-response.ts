/**
 * What a proxy makes of the other server's answer.
 *
 * @module
 */

import type { Response } from "../app/response.ts";
import { removeHopByHop } from "../http/hop-by-hop.ts";
import { createHttpError } from "../http/http-error.ts";

/** How the other server's answer becomes the one that the client gets. */
export interface ProxyResponseOptions {
  /** Gives another content type for what came from `url` with `contentType`; `undefined` leaves it. */
  contentType?:
    | ((url: string, contentType?: string) => string | undefined | Promise<string | undefined>)
    | undefined;
  /** Changes the answer before the client gets it. */
  response?:
    | ((response: globalThis.Response) => globalThis.Response | Promise<globalThis.Response>)
    | undefined;
}

/** What `fetch` undoes, where it asked for it. */
const DECODED: ReadonlySet<string> = new Set(["gzip", "x-gzip", "deflate", "br", "zstd"]);
/** What a middleware before this one may have added to. */
const APPENDED: ReadonlySet<string> = new Set(["set-cookie", "vary"]);

/** Makes `response` what `answer` says; the body is passed on as it comes in. */
export async function takeProxyResponse(
  response: Response,
  answer: globalThis.Response,
  request: globalThis.Request,
  options: ProxyResponseOptions,
): Promise<void> {
  const taken = (await options.response?.(answer)) ?? answer;
  const headers = new Headers(taken.headers);
  removeHopByHop(headers);
  if (!request.headers.has("range")) describeDecoded(headers);
  await changeContentType(headers, taken.url, options);
  if (taken.status < 200 || taken.status > 599) {
    throw createHttpError(502, `Cannot pass on an answer with the status ${taken.status}`);
  }
  response.status = taken.status;
  for (const [name, value] of headers) {
    if (APPENDED.has(name)) response.headers.append(name, value);
    else response.headers.set(name, value);
  }
  // The length of what GET would get is unknown, and must not be announced as none.
  const hidesLength = request.method === "HEAD" && !headers.has("content-length");
  response.body = taken.body ?? (hidesLength ? new Blob([]).stream() : null);
}

/** `fetch` has decoded the body, and left what is no longer true of it. */
function describeDecoded(headers: Headers): void {
  const coding = headers.get("content-encoding")?.trim().toLowerCase();
  if (coding === undefined || !DECODED.has(coding)) return;
  headers.delete("content-encoding");
  headers.delete("content-length");
  const tag = headers.get("etag");
  // It is that of other bytes, which mean the same.
  if (tag?.startsWith('"')) headers.set("etag", `W/${tag}`);
}

async function changeContentType(
  headers: Headers,
  url: string,
  { contentType }: ProxyResponseOptions,
): Promise<void> {
  const type = await contentType?.(url, headers.get("content-type") ?? undefined);
  if (type !== undefined && type !== null) headers.set("content-type", type);
}
