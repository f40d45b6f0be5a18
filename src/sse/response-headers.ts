/**
 * The head of an event stream: what must stand in it, what may not, and what is the application's own.
 *
 * @module
 */

/** Headers as a list of lower-case names and values; a name may occur more than once. */
export type HeaderList = [name: string, value: string][];

/** Belong to one connection, and make an HTTP/2 message malformed (RFC 9113, section 8.2.2). */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "proxy-connection", "te", "upgrade"]);

/** Would contradict the framing or the format of the stream, whoever sets them. */
const RESERVED_HEADERS = new Set(["content-type", "content-length", "transfer-encoding"]);

/**
 * Gives the headers of an event stream: the application's `own`, kept, and ours where they are silent.
 *
 * - `content-type: text/event-stream`, always and without parameters;
 * - `cache-control: no-cache, no-transform`: nobody stores it, and nobody compresses it into a buffer;
 * - `x-accel-buffering: no`: nginx passes each event on as it comes.
 *
 * Connection-specific headers of the application are kept only where `keepConnection` says that the
 * connection is HTTP/1; there is none of ours.
 *
 * @see RFC 9113, section 8.2.2; RFC 9111, section 5.2.2.6
 */
export function eventStreamHeaders(
  own: Iterable<readonly [string, string]> = [],
  keepConnection = false,
): HeaderList {
  const headers: HeaderList = [["content-type", "text/event-stream"]];
  const seen = new Set<string>();
  for (const [name, value] of own) {
    const key = name.toLowerCase();
    if (RESERVED_HEADERS.has(key) || (CONNECTION_HEADERS.has(key) && !keepConnection)) continue;
    seen.add(key);
    headers.push([key, value]);
  }
  if (!seen.has("cache-control")) headers.push(["cache-control", "no-cache, no-transform"]);
  if (!seen.has("x-accel-buffering")) headers.push(["x-accel-buffering", "no"]);
  return headers;
}
