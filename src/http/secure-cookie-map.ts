/**
 * Cookies that can be signed: a client can read them, and can't change them unnoticed.
 *
 * ```ts
 * const cookies = new SecureCookieMap(request, { response, keys: new KeyStack(["new secret", "old secret"]) });
 * await cookies.set("user", "42"); // sets "user" and "user.sig"
 * await cookies.get("user"); // what the request brought, if its signature is right
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
import type { KeyStackLike } from "./key-stack.ts";
import { cookieMapHeadersInitSymbol, type MergeableHeaders } from "./merge-headers.ts";
import { isCookieName, isSecureName } from "./set-cookie.ts";

/** What may be said of a secure cookie map when it is made. */
export interface SecureCookieMapOptions extends CookieExchangeOptions {
  /** What signs and verifies. With it cookies are signed unless it is said of one that it is not. */
  keys?: KeyStackLike | undefined;
}

/** How one cookie is read. */
export interface CookiesGetOptions {
  /** Whether only a rightly signed one counts. @default whether there are keys */
  signed?: boolean | undefined;
}

/** How one cookie is set or deleted. */
export interface CookiesSetDeleteOptions extends CookieSetDeleteOptions, CookiesGetOptions {}

/** As a source of headers it gives the cookies that it was told to set. */
export interface SecureCookieMap extends MergeableHeaders {}

/**
 * The cookies that a request brought; what is set or deleted goes to the response, and is not seen here. Values
 * are as they are sent, not decoded.
 *
 * The signature of `name=value` is a cookie of its own, `name.sig`. One that an old key made is made anew in the
 * response; one that no key made is deleted there, and its cookie is as good as none.
 *
 * A request does not say how long a cookie lives, nor where. So a signature that is made anew is one as `set` makes
 * without options: for the path `/` and this host, until the browser is closed. Set a cookie that is to live longer,
 * or elsewhere, once more when the keys have changed.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the member has a computed name, defined below
export class SecureCookieMap {
  readonly #exchange: CookieExchange;
  readonly #keys: KeyStackLike | undefined;
  /** Settles when all that was set is in the response; signing takes its time. */
  #sending: Promise<unknown> | undefined;

  static {
    // Cookies are secrets: a log is no place for them.
    showAs(this, "SecureCookieMap", () => []);
    Object.defineProperty(SecureCookieMap.prototype, cookieMapHeadersInitSymbol, {
      value(this: SecureCookieMap): [string, string][] {
        return this.#exchange.sent.map((cookie) => ["set-cookie", cookie]);
      },
    });
  }

  constructor(request: HeadersSource, options: SecureCookieMapOptions = {}) {
    this.#exchange = new CookieExchange(request, options);
    this.#keys = options.keys;
  }

  /** How many cookies the request brought; with keys, how many rightly signed ones. */
  get size(): Promise<number> {
    return this.#collect().then((cookies) => cookies.length);
  }

  /** The value that the request brought. Rejects with a `TypeError` for a signed one where there are no keys. */
  async get(key: string, options: CookiesGetOptions = {}): Promise<string | undefined> {
    const keys = this.#signs(options, "get", key);
    const value = this.#exchange.received.get(key);
    if (value === undefined || keys === undefined) return value;
    return (await this.#verify(keys, key, value)) ? value : undefined;
  }

  /** Whether the request brought one. Rejects as `get`. */
  async has(key: string, options?: CookiesGetOptions): Promise<boolean> {
    return (await this.get(key, options)) !== undefined;
  }

  /**
   * Sets a cookie in the response; `null` and the empty text make the client forget it. Cookies are set in the
   * order of the calls, awaited or not; without keys, when the call returns.
   *
   * Rejects with a `TypeError` for what a header can't carry, a secure cookie over a connection that is not, and
   * a signed one where there are no keys; with a `RangeError` for a time that no date has.
   */
  async set(key: string, value: string | null, options: CookiesSetDeleteOptions = {}): Promise<this> {
    const keys = this.#signs(options, "set", key);
    const text = value ?? "";
    const cookie = this.#exchange.serialize(key, text, options);
    if (keys === undefined && this.#sending === undefined) {
      this.#exchange.send(cookie, options.overwrite);
      return this;
    }
    const signature = keys && (text === "" ? "" : keys.sign(`${key}=${text}`));
    const sending = Promise.all([signature, this.#sending]).then(([digest]) => {
      const cookies = [cookie];
      if (digest !== undefined) cookies.push(this.#exchange.serialize(signatureOf(key), digest, options));
      for (const each of cookies) this.#exchange.send(each, options.overwrite);
    });
    // What follows waits for this one, and does not fail with it.
    this.#sending = sending.catch(() => undefined);
    await sending;
    return this;
  }

  /**
   * Makes the client forget a cookie, which must have been set with this path and domain, and its signature.
   * Always `true`. Rejects as `set`.
   */
  async delete(key: string, options?: CookiesSetDeleteOptions): Promise<boolean> {
    await this.set(key, null, options);
    return true;
  }

  /** Makes the client forget all cookies that iterating gives. Rejects as `set`. */
  async clear(options?: CookiesSetDeleteOptions): Promise<void> {
    for (const [key] of await this.#collect()) {
      if (isCookieName(key)) await this.delete(key, options);
    }
  }

  entries(): AsyncIterableIterator<[string, string]> {
    return this[Symbol.asyncIterator]();
  }

  async *keys(): AsyncIterableIterator<string> {
    for await (const [key] of this) yield key;
  }

  async *values(): AsyncIterableIterator<string> {
    for await (const [, value] of this) yield value;
  }

  /** Gives the cookies that the request brought; with keys, the rightly signed ones. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<[string, string]> {
    for (const key of this.#exchange.received.keys()) {
      const value = await this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  #signs({ signed }: CookiesGetOptions, act: string, key: string): KeyStackLike | undefined {
    if (signed === true && this.#keys === undefined) {
      throw new TypeError(`Cannot ${act} the signed cookie ${JSON.stringify(key)}: there are no keys`);
    }
    return signed === false ? undefined : this.#keys;
  }

  async #verify(keys: KeyStackLike, key: string, value: string): Promise<boolean> {
    const name = signatureOf(key);
    const digest = this.#exchange.received.get(name);
    if (digest === undefined) return false;
    const data = `${key}=${value}`;
    const index = await keys.indexOf(data, digest);
    if (index !== 0) this.#replaceSignature(name, index < 0 ? "" : await keys.sign(data));
    return index >= 0;
  }

  #replaceSignature(name: string, signature: string): void {
    // What the application set since goes before; and a client may send names that no response can set.
    if (this.#exchange.sets(name) || !isCookieName(name)) return;
    const options = isSecureName(name) ? { secure: true, ignoreInsecure: true } : {};
    this.#exchange.send(this.#exchange.serialize(name, signature, options));
  }

  async #collect(): Promise<[string, string][]> {
    const cookies: [string, string][] = [];
    for await (const cookie of this) cookies.push(cookie);
    return cookies;
  }
}

function signatureOf(key: string): string {
  return `${key}.sig`;
}
