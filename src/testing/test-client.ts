/**
 * Drives an application in a test, without a socket.
 *
 * @example
 * ```ts
 * const client = createTestClient(app);
 * const response = await client.post("/login", { json: { name: "Ada" } });
 * assert.equal(response.status, 204);
 * await using events = await client.events("/notes"); // with the cookies that /login has set
 * assert.equal((await events.next("note", { withinMs: 100 })).data, "hello");
 * ```
 *
 * @module
 */

import type { RemoteAddress } from "../app/web-server-request.ts";
import { EventReader, type EventReaderOptions } from "./event-reader.ts";

/** What a test client needs of an application. */
export interface TestableApplication {
  handle(request: Request, remoteAddress?: RemoteAddress, secure?: boolean): Promise<Response | undefined>;
}

/** How a client asks. */
export interface TestClientOptions extends EventReaderOptions {
  /** Whether it keeps the cookies that it is sent, and sends them back. @default true */
  cookies?: boolean | undefined;
  /** What it sends with each request. */
  headers?: HeadersInit | undefined;
  /** Where the paths are; with `https` the connection counts as encrypted. @default "http://localhost" */
  origin?: string | undefined;
  /** Where it seems to be. @default 127.0.0.1 */
  remoteAddress?: RemoteAddress | undefined;
}

/** What a test says of one request. */
export interface TestRequestInit extends RequestInit {
  /** A body to be sent as JSON. */
  json?: unknown;
}

/** Makes a client of `app`, by itself: it shares nothing with others. */
export function createTestClient(app: TestableApplication, options?: TestClientOptions): TestClient {
  return new TestClient(app, options);
}

/** A client of one application. It follows no redirects. */
export class TestClient {
  /**
   * The cookies that it sends, by name; a test may change them. Their paths, domains and times are not looked at, but
   * those that are over when they come are deleted.
   */
  readonly cookies: Map<string, string> = new Map();
  readonly #app: TestableApplication;
  readonly #options: TestClientOptions;

  /** See {@linkcode createTestClient}. */
  constructor(app: TestableApplication, options: TestClientOptions = {}) {
    this.#app = app;
    this.#options = options;
  }

  /**
   * Sends a request and gives the answer, as soon as its head is there.
   *
   * Rejects with an `Error` when the application does not answer, and as `app.handle` does.
   */
  async request(path: string, init: TestRequestInit = {}): Promise<Response> {
    const { origin = "http://localhost", remoteAddress = { hostname: "127.0.0.1" } } = this.#options;
    const request = this.#makeRequest(new URL(path, origin), init);
    const response = await this.#app.handle(request, remoteAddress, request.url.startsWith("https:"));
    if (response === undefined) {
      throw new Error(`Cannot get an answer to ${request.method} "${path}": the application gave none`);
    }
    this.#keepCookies(response);
    return response;
  }

  /** Sends a GET request; see {@linkcode TestClient.request}. */
  get(path: string, init?: TestRequestInit): Promise<Response> {
    return this.request(path, { ...init, method: "GET" });
  }

  /** Sends a POST request; see {@linkcode TestClient.request}. */
  post(path: string, init?: TestRequestInit): Promise<Response> {
    return this.request(path, { ...init, method: "POST" });
  }

  /** Sends a PUT request; see {@linkcode TestClient.request}. */
  put(path: string, init?: TestRequestInit): Promise<Response> {
    return this.request(path, { ...init, method: "PUT" });
  }

  /** Sends a PATCH request; see {@linkcode TestClient.request}. */
  patch(path: string, init?: TestRequestInit): Promise<Response> {
    return this.request(path, { ...init, method: "PATCH" });
  }

  /** Sends a DELETE request; see {@linkcode TestClient.request}. */
  delete(path: string, init?: TestRequestInit): Promise<Response> {
    return this.request(path, { ...init, method: "DELETE" });
  }

  /**
   * Asks for an event stream. Closing the reader aborts the request, so that the application sees the client leave.
   *
   * Rejects with an `EventReadError` with the code `no-stream` for another answer, and as `request` does.
   */
  async events(path: string, init: TestRequestInit = {}): Promise<EventReader> {
    const controller = new AbortController();
    const headers = new Headers(init.headers);
    if (!headers.has("accept")) headers.set("accept", "text/event-stream");
    const signals = init.signal ? [controller.signal, init.signal] : [controller.signal];
    const response = await this.request(path, { ...init, headers, signal: AbortSignal.any(signals) });
    const { clock, withinMs } = this.#options;
    return new EventReader(response, {
      clock,
      withinMs,
      lastEventId: fromBytes(headers.get("last-event-id") ?? ""),
      connection: {
        abort: () => controller.abort(),
        reopen: (lastEventId) =>
          this.events(path, { ...init, headers: withLastEventId(headers, lastEventId) }),
      },
    });
  }

  #makeRequest(url: URL, { json, ...init }: TestRequestInit): Request {
    const headers = new Headers(this.#options.headers);
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    if (this.cookies.size > 0 && !headers.has("cookie")) {
      headers.set("cookie", Array.from(this.cookies, (pair) => pair.join("=")).join("; "));
    }
    if (json === undefined) return new Request(url, { ...init, headers });
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new Request(url, { ...init, headers, body: JSON.stringify(json) });
  }

  #keepCookies(response: Response): void {
    if (this.#options.cookies === false) return;
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = cookie.split(";");
      const name = pair.slice(0, pair.indexOf("=")).trim();
      if (attributes.some(isOver)) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(pair.indexOf("=") + 1).trim());
    }
  }
}

function isOver(attribute: string): boolean {
  const [name = "", value = ""] = attribute.split("=").map((part) => part.trim());
  if (name.toLowerCase() === "max-age") return Number(value) <= 0;
  return name.toLowerCase() === "expires" && Date.parse(value) <= Date.now();
}

function withLastEventId(headers: Headers, lastEventId: string): Headers {
  const others = new Headers(headers);
  if (lastEventId === "") others.delete("last-event-id");
  else others.set("last-event-id", toBytes(lastEventId));
  return others;
}

/** A header carries an id as UTF-8, one character for each byte. */
function toBytes(id: string): string {
  return Array.from(new TextEncoder().encode(id), (byte) => String.fromCharCode(byte)).join("");
}

function fromBytes(header: string): string {
  return new TextDecoder().decode(Uint8Array.from(header, (character) => character.charCodeAt(0)));
}
