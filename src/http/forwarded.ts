/**
 * The `Forwarded` header: whom the proxies on a request's way saw, and how it came to them.
 *
 * ```ts
 * parseForwarded('for="[2001:db8::1]:4711";proto=https, for=10.0.0.2');
 * // [{ for: "[2001:db8::1]:4711", proto: "https" }, { for: "10.0.0.2" }]
 * formatForwarded({ for: "2001:db8::1", host: "example.com" }); // 'for="[2001:db8::1]";host=example.com'
 * ```
 *
 * @see RFC 7239
 * @module
 */

/** What one proxy says. */
export interface ForwardedElement {
  /** The proxy's own side. */
  by?: string;
  /** The client's side: an address, perhaps with a port, `unknown`, or a name that begins with `_`. */
  for?: string;
  /** The `Host` header that came to the proxy. */
  host?: string;
  proto?: string;
  [extension: string]: string | undefined;
}

/** Longer headers are malformed. */
const MAX_LENGTH = 8192;
/** One parameter, or an empty place for one, and what parts it from the next. */
const PARAMETER =
  /[\t ]*(?:([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~-]+)|"((?:[^"\\]|\\.)*)"))?[\t ]*([,;]|$)/sy;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** What quotes can carry. */
const QUOTABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Parses a `Forwarded` header: an element for each proxy, in the order of the way, with the parameters' names in
 * lower case. `undefined` for one that is malformed, has a parameter twice in an element, or is longer than 8192
 * characters.
 *
 * The names of parameters are the client's to choose: ask for those that are known.
 */
export function parseForwarded(header: string): ForwardedElement[] | undefined {
  if (header.length > MAX_LENGTH) return undefined;
  const elements: ForwardedElement[] = [];
  let element = new Map<string, string>();
  for (let at = 0, separator: string | undefined; separator !== ""; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(header);
    if (match === null) return undefined;
    const [, name, token, quoted = ""] = match;
    separator = match[4];
    if (name !== undefined) {
      if (element.has(name.toLowerCase())) return undefined;
      element.set(name.toLowerCase(), token ?? quoted.replace(/\\(.)/gs, "$1"));
    }
    if (separator === ";" || element.size === 0) continue;
    elements.push(Object.fromEntries(element));
    element = new Map();
  }
  return elements;
}

/**
 * Gives one element, for a proxy to append to the header. An IPv6 address may be given without brackets.
 *
 * Throws a `TypeError` for a value that no header can carry.
 */
export function formatForwarded(element: Pick<ForwardedElement, "by" | "for" | "host" | "proto">): string {
  const pairs: string[] = [];
  for (const name of ["by", "for", "host", "proto"] as const) {
    const value = element[name];
    if (value === undefined) continue;
    const isNode = name === "by" || name === "for";
    pairs.push(`${name}=${quote(isNode ? bracket(value) : value)}`);
  }
  return pairs.join(";");
}

/** An address with more than one colon is of IPv6; a port needs brackets before it. */
function bracket(node: string): string {
  return !node.startsWith("[") && node.indexOf(":") !== node.lastIndexOf(":") ? `[${node}]` : node;
}

function quote(value: string): string {
  if (TOKEN.test(value)) return value;
  if (QUOTABLE.test(value)) return `"${value.replace(/["\\]/g, "\\$&")}"`;
  throw new TypeError(`Cannot forward ${JSON.stringify(value)}: no header can carry it`);
}
