/**
 * Cookies as a map: read from a request, set in its response. They are not signed; see `SecureCookieMap`.
 *
 * ```ts
 * const cookies = new CookieMap(request, { response });
 * cookies.get("theme"); // "dark", or undefined
 * cookies.set("theme", "light", { maxAge: 3600 });
 * ```
 *
 * @module
 */

import {
  CookieExchange,
  type CookieExchangeOptions,
  type CookieSetDeleteOptions,
  type HeadersSource,
} from "./cookie-exchange.ts";
import { showAs } from "./inspect.ts";
import { cookieMapHeadersInitSymbol, type MergeableHeaders } from "./merge-headers.ts";
import { isCookieName } from "./set-cookie.ts";

/** What may be said of a cookie map when it is made. */
export type CookieMapOptions = CookieExchangeOptions;

/** How one cookie of a {@linkcode CookieMap} is set or deleted. */
export type CookieMapSetDeleteOptions = CookieSetDeleteOptions;

/** As a source of headers it gives the cookies that it was told to set. */
export interface CookieMap extends MergeableHeaders {}

/**
 * The cookies that a request brought; what is set or deleted goes to the response, and is not seen here. Values
 * are as they are sent, not decoded.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the member has a computed name, defined below
export class CookieMap {
  readonly #exchange: CookieExchange;

  static {
    // Cookies are secrets: a log is no place for them.
    showAs(this, "CookieMap", () => []);
    Object.defineProperty(CookieMap.prototype, cookieMapHeadersInitSymbol, {
      value(this: CookieMap): [string, string][] {
        return this.#exchange.sent.map((cookie) => ["set-cookie", cookie]);
      },
    });
  }

  constructor(request: HeadersSource, options: CookieMapOptions = {}) {
    this.#exchange = new CookieExchange(request, options);
  }

  /** How many cookies the request brought. */
  get size(): number {
    return this.#exchange.received.size;
  }

  /** The value that the request brought. */
  get(key: string): string | undefined {
    return this.#exchange.received.get(key);
  }

  /** Whether the request brought one. */
  has(key: string): boolean {
    return this.#exchange.received.has(key);
  }

  /**
   * Sets a cookie in the response; `null` and the empty text make the client forget it.
   *
   * Throws a `TypeError` for what a header can't carry, and a secure cookie over a connection that is not; a
   * `RangeError` for a time that no date has.
   */
  set(key: string, value: string | null, options: CookieMapSetDeleteOptions = {}): this {
    this.#exchange.send(this.#exchange.serialize(key, value ?? "", options), options.overwrite);
    return this;
  }

  /** Makes the client forget a cookie, which must have been set with this path and domain. Always `true`. */
  delete(key: string, options: CookieMapSetDeleteOptions = {}): boolean {
    this.set(key, null, options);
    return true;
  }

  /** Makes the client forget all cookies that the request brought. */
  clear(options: CookieMapSetDeleteOptions = {}): void {
    for (const key of this.keys()) {
      if (isCookieName(key)) this.delete(key, options);
    }
  }

  entries(): IterableIterator<[string, string]> {
    return this.#exchange.received.entries();
  }

  keys(): IterableIterator<string> {
    return this.#exchange.received.keys();
  }

  values(): IterableIterator<string> {
    return this.#exchange.received.values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}
