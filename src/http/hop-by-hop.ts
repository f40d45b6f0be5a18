/**
 * The headers of one connection, which must not be passed on to the next.
 *
 * @see RFC 9110, section 7.6.1
 * @module
 */

/** Those that belong to a connection though its `Connection` header may not name them; and all of `proxy-*`. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** So many names of a `Connection` header are read: no request has more headers. */
const MAX_NAMES = 1000;

/** Takes out of `headers` what holds for its connection only, also what the `Connection` header names. */
export function removeHopByHop(headers: Headers): void {
  const listed = (headers.get("connection") ?? "").toLowerCase().split(",", MAX_NAMES);
  const named = new Set(listed.map((name) => name.trim()));
  for (const name of [...headers.keys()]) {
    if (CONNECTION_HEADERS.has(name) || name.startsWith("proxy-") || named.has(name)) headers.delete(name);
  }
}
