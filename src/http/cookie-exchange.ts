/**
 * The two sides of cookies: those that a request brought, and the headers in which a response sets others.
 *
 * @module
 */

import { parseCookies } from "./cookie-header.ts";
import { type CookieAttributes, serializeCookie } from "./set-cookie.ts";

/** Headers, or what has them, such as a request or a response. */
export type HeadersSource = Headers | { readonly headers: Headers };

/** Where cookies come from and go to. */
export interface CookieExchangeOptions {
  /** The response, or its headers, to which the cookies are added; headers of the map's own when left out. */
  response?: HeadersSource | undefined;
  /** Whether the connection is encrypted. Then cookies are `secure`, unless it is said of one that it is not.
   * @default false */
  secure?: boolean | undefined;
}

/** How one cookie is set. */
export interface CookieSetDeleteOptions extends CookieAttributes {
  /** Whether it may be `secure` though the connection is not, as where a proxy encrypts. @default false */
  ignoreInsecure?: boolean | undefined;
  /** Whether the response's other cookies of that name are dropped. @default false */
  overwrite?: boolean | undefined;
}

/** Reads cookies of a request, and sets those of its response. */
export class CookieExchange {
  readonly #request: HeadersSource;
  readonly #response: HeadersSource;
  readonly #secure: boolean;
  #header: string | null = null;
  #cookies: ReadonlyMap<string, string> = new Map();

  constructor(request: HeadersSource, { response = new Headers(), secure = false }: CookieExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#secure = secure;
  }

  /** The cookies that the request brought, by name; parsed when they are first asked for. */
  get received(): ReadonlyMap<string, string> {
    const header = headersOf(this.#request).get("cookie");
    if (header !== this.#header) {
      this.#header = header;
      this.#cookies = parseCookies(header);
    }
    return this.#cookies;
  }

  /** The `Set-Cookie` headers of the response. */
  get sent(): string[] {
    return headersOf(this.#response).getSetCookie();
  }

  /** Whether the response sets a cookie of that name. */
  sets(name: string): boolean {
    return this.sent.some((cookie) => cookie.startsWith(`${name}=`));
  }

  /** Gives what `send` is to send: throws a `TypeError` or a `RangeError` where that can't be. */
  serialize(name: string, value: string, options: CookieSetDeleteOptions): string {
    const { ignoreInsecure = false, secure = this.#secure } = options;
    if (secure && !this.#secure && !ignoreInsecure) {
      throw new TypeError("Cannot send secure cookie over unencrypted connection.");
    }
    return serializeCookie(name, value, { ...options, secure });
  }

  /** Adds what `serialize` gave to the response. */
  send(cookie: string, overwrite = false): void {
    const headers = headersOf(this.#response);
    if (overwrite) {
      const name = cookie.slice(0, cookie.indexOf("=") + 1);
      const others = headers.getSetCookie().filter((other) => !other.startsWith(name));
      headers.delete("set-cookie");
      for (const other of others) headers.append("set-cookie", other);
    }
    headers.append("set-cookie", cookie);
  }
}

function headersOf(source: HeadersSource): Headers {
  return source instanceof Headers ? source : source.headers;
}
