/**
 * Where a returning reader left off.
 *
 * @module
 */

/** The name of the query parameter by which a first connection says where to begin. */
const QUERY_NAME = "lastEventId";

/**
 * Reads the last event id of a request: the `Last-Event-ID` header if there is one, else the query parameter
 * `lastEventId` of `url` (an `EventSource` can't set a header on its first connection), else `""`.
 *
 * The header arrives as one character per byte and is UTF-8. An id that no stream could have sent (with CR,
 * LF or NUL) counts as none. Never throws.
 *
 * @see HTML Standard, section 9.2.4 "The `Last-Event-ID` header"
 */
export function readLastEventId(header: string | null | undefined, url: string): string {
  const id = header === null || header === undefined ? fromQuery(url) : decodeUtf8(header);
  return /[\r\n\0]/.test(id) ? "" : id;
}

function fromQuery(url: string): string {
  const query = url.indexOf("?");
  if (query === -1 || !url.includes(QUERY_NAME, query)) return "";
  const hash = url.indexOf("#", query);
  return new URLSearchParams(url.slice(query, hash === -1 ? undefined : hash)).get(QUERY_NAME) ?? "";
}

function decodeUtf8(header: string): string {
  let highest = 0;
  for (let at = 0; at < header.length; at++) highest = Math.max(highest, header.charCodeAt(at));
  // ASCII needs no decoding; a character above a byte shows that the server has decoded it already.
  if (highest < 0x80 || highest > 0xff) return header;
  try {
    const bytes = Uint8Array.from(header, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not UTF-8, so it was no reader of ours who wrote it: taken as it stands.
    return header;
  }
}
