/**
 * Headers of several sources as one, among them the cookies that a map was told to set.
 *
 * ```ts
 * const cookies = new CookieMap(request);
 * cookies.set("theme", "dark");
 * new Response("Hello", { headers: mergeHeaders({ "content-type": "text/plain" }, cookies) });
 * ```
 *
 * @module
 */

/** By this name an object gives the headers that it adds to a response. */
export const cookieMapHeadersInitSymbol: unique symbol = Symbol.for("oak.commons.cookieMap.headersInit");

/** What gives headers to {@linkcode mergeHeaders}, such as a cookie map. */
export interface MergeableHeaders {
  [cookieMapHeadersInitSymbol](): [string, string][];
}

/** Headers in any form, or what has them. */
export type MergeHeadersSource = HeadersInit | MergeableHeaders | { readonly headers: Headers };

/** Appends the headers of all `sources` in order, so that one of the same name adds to those before it. */
export function mergeHeaders(...sources: MergeHeadersSource[]): Headers {
  const headers = new Headers();
  for (const source of sources) {
    for (const [name, value] of entriesOf(source)) headers.append(name, value);
  }
  return headers;
}

function entriesOf(source: MergeHeadersSource): Iterable<[string, string]> {
  if (cookieMapHeadersInitSymbol in source) return source[cookieMapHeadersInitSymbol]();
  if ("headers" in source && source.headers instanceof Headers) return source.headers;
  return new Headers(source as HeadersInit);
}
