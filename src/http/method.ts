/**
 * The methods of HTTP that are in use.
 *
 * @module
 */

/**
 * The methods by name: those that Node's parser knows.
 *
 * @see RFC 9110, section 9, and the IANA registry of HTTP methods
 */
export const HTTP_METHODS = [
  "ACL",
  "BIND",
  "CHECKOUT",
  "CONNECT",
  "COPY",
  "DELETE",
  "GET",
  "HEAD",
  "LINK",
  "LOCK",
  "M-SEARCH",
  "MERGE",
  "MKACTIVITY",
  "MKCALENDAR",
  "MKCOL",
  "MOVE",
  "NOTIFY",
  "OPTIONS",
  "PATCH",
  "POST",
  "PROPFIND",
  "PROPPATCH",
  "PURGE",
  "PUT",
  "QUERY",
  "REBIND",
  "REPORT",
  "SEARCH",
  "SOURCE",
  "SUBSCRIBE",
  "TRACE",
  "UNBIND",
  "UNLINK",
  "UNLOCK",
  "UNSUBSCRIBE",
] as const;

/** The name of a method. */
export type HTTPMethods = (typeof HTTP_METHODS)[number];

const methods: ReadonlySet<unknown> = new Set(HTTP_METHODS);

/** Whether `value` is the name of a method, in upper case as they are. */
export function isHttpMethod(value: unknown): value is HTTPMethods {
  return methods.has(value);
}
