/**
 * The `Set-Cookie` header: a cookie for the client to keep, and how.
 *
 * ```ts
 * serializeCookie("theme", "dark", { maxAge: 3600, sameSite: "lax" });
 * // "theme=dark; path=/; expires=...; max-age=3600; samesite=lax; httponly"
 * ```
 *
 * @see RFC 6265, section 4.1; RFC 6265bis, section 5.7, for the name prefixes
 * @module
 */

/** How a client is to keep a cookie. */
export interface CookieAttributes {
  /** The host, with those below it, that it is for; only the host that sets it when left out. */
  domain?: string | undefined;
  /** When it is to be forgotten; with the browser's session when this and `maxAge` are left out. */
  expires?: Date | undefined;
  /** Whether scripts must not read it. @default true */
  httpOnly?: boolean | undefined;
  /** After how many seconds it is to be forgotten, in place of `expires`; 0 and less is at once. */
  maxAge?: number | undefined;
  /** Whether each site that embeds this one gets a cookie of its own; only with `secure`. @default false */
  partitioned?: boolean | undefined;
  /** The paths that it is for: this one, and those below it. @default "/" */
  path?: string | undefined;
  /** How dear it is, to browsers that must make room. */
  priority?: "low" | "medium" | "high" | undefined;
  /** Whether other sites may make the client send it: `true` is `"strict"`. */
  sameSite?: "strict" | "lax" | "none" | boolean | undefined;
  /** Whether it is for encrypted connections only. */
  secure?: boolean | undefined;
}

/** @see RFC 9110, section 5.6.2 */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** Octets of a cookie, all of them perhaps in quotes. */
const VALUE = /^(?:[!#-+\--:<-[\]-~]*|"[!#-+\--:<-[\]-~]*")$/;
const PATH = /^[ -:<-~]*$/;
const DOMAIN = /^[\w.*-]{1,255}$/;
const PREFIX = /^__(?:host|secure)-/i;
const SAME_SITE: ReadonlySet<string> = new Set(["strict", "lax", "none"]);
const PRIORITY: ReadonlySet<string> = new Set(["low", "medium", "high"]);

/** Whether a cookie can be set by this name. */
export function isCookieName(name: string): boolean {
  return TOKEN.test(name);
}

/** Whether a cookie of this name is kept only if it is secure. */
export function isSecureName(name: string): boolean {
  return PREFIX.test(name);
}

/**
 * Gives the header's value for a cookie. An empty `value` makes the client forget it.
 *
 * Throws a `TypeError` for what a header can't carry (encode such a value, as with `encodeURIComponent`), for an
 * attribute that is none, and for a value under a name with the prefix `__Host-` or `__Secure-` that clients
 * would refuse; a `RangeError` for a time that no date has.
 */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes = {}): string {
  const { domain, httpOnly = true, partitioned = false, path = "/", secure = false } = attributes;
  check("name", name, TOKEN.test(name));
  check("value", value, VALUE.test(value));
  check("path", path, PATH.test(path));
  check("domain", domain, domain === undefined || domain === "" || DOMAIN.test(domain));
  if (partitioned && !secure) throw new TypeError(`Cannot partition the cookie "${name}": it is not secure`);
  // Forgetting does no harm where a value would be refused.
  if (value !== "") checkPrefix(name, { domain, path, secure });
  const parts = [`${name}=${value}`];
  if (path !== "") parts.push(`path=${path}`);
  parts.push(...serializeExpiry(value, attributes));
  if (domain) parts.push(`domain=${domain}`);
  parts.push(...serializeSameSite(attributes.sameSite));
  if (secure) parts.push("secure");
  if (httpOnly) parts.push("httponly");
  if (partitioned) parts.push("partitioned");
  if (attributes.priority !== undefined) parts.push(`priority=${checkPriority(attributes.priority)}`);
  return parts.join("; ");
}

/** Both ways of saying it: a client that knows `max-age` goes by it, one with a wrong clock too. */
function serializeExpiry(value: string, { expires, maxAge }: CookieAttributes): string[] {
  if (value === "") return [`expires=${new Date(0).toUTCString()}`];
  if (maxAge === undefined) return expires === undefined ? [] : [`expires=${toDateText(expires, expires)}`];
  if (!Number.isInteger(maxAge))
    throw new RangeError(`Cannot keep a cookie for "${maxAge}" seconds: not an integer`);
  return [`expires=${toDateText(new Date(Date.now() + maxAge * 1000), maxAge)}`, `max-age=${maxAge}`];
}

function toDateText(date: Date, given: Date | number): string {
  if (!Number.isNaN(date.getTime())) return date.toUTCString();
  throw new RangeError(`Cannot set when a cookie expires to "${given}": no date`);
}

function serializeSameSite(sameSite: CookieAttributes["sameSite"]): string[] {
  if (!sameSite) return [];
  const value = sameSite === true ? "strict" : String(sameSite).toLowerCase();
  check("sameSite", sameSite, SAME_SITE.has(value));
  return [`samesite=${value}`];
}

function checkPriority(priority: string): string {
  const value = String(priority).toLowerCase();
  check("priority", priority, PRIORITY.has(value));
  return value;
}

function checkPrefix(name: string, { domain, path, secure }: CookieAttributes): void {
  const prefix = PREFIX.exec(name)?.[0].toLowerCase();
  if (prefix === undefined) return;
  const refused = (state: string) => new TypeError(`Cannot set the cookie "${name}": ${state}`);
  if (!secure) throw refused("its name is for secure cookies");
  if (prefix === "__host-" && domain) throw refused("its name is for cookies without a domain");
  if (prefix === "__host-" && path !== "/") throw refused('its name is for cookies with the path "/"');
}

function check(what: string, value: unknown, valid: boolean): void {
  if (!valid) throw new TypeError(`Cannot set a cookie: its ${what} is ${JSON.stringify(value)}`);
}
