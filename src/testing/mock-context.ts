/**
 * Stand-ins for an application, a context and `next`, to call one middleware by itself.
 *
 * @example
 * ```ts
 * const ctx = createMockContext({ path: "/a", headers: [["accept", "text/html"]] });
 * await middleware(ctx, createMockNext());
 * assert.equal(ctx.response.status, 200);
 * ```
 *
 * @module
 */

import { Application } from "../app/application.ts";
import { Context, type State } from "../app/context.ts";
import { Request } from "../app/request.ts";
import { Response } from "../app/response.ts";
import type { RouterContext } from "../app/route-context.ts";
import type { RouteParams } from "../app/route-params.ts";
import { WebServerRequest } from "../app/web-server-request.ts";
import { showAs } from "../http/inspect.ts";
import { accepts } from "../http/negotiation.ts";

/** What a mock context is made of, as far as it is no default. */
export interface MockContextOptions<
  Path extends string = string,
  Params = RouteParams<Path>,
  RequestState extends State = State,
> {
  /** @default an application with the given state */
  app?: Application<RequestState> | undefined;
  /** The body of the request. */
  body?: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  headers?: [name: string, value: string][] | undefined;
  /** The client's address. @default "127.0.0.1" */
  ip?: string | undefined;
  /** @default "GET" */
  method?: string | undefined;
  /** The parameters of the route, for a middleware of one. */
  params?: Params | undefined;
  /** Path and query, on `http://localhost`. @default "/" */
  path?: string | undefined;
  /** The state of the application; the context's is a copy of it. */
  state?: RequestState | undefined;
}

/** The request of a mock context. */
export interface MockContextRequest extends Request {
  /** The query with its question mark, or nothing. */
  readonly search: string;
  /** The parameters of the query. */
  readonly searchParams: URLSearchParams;
}

/** A context without a server. */
export interface MockRouterContext<
  Path extends string = string,
  Params = RouteParams<Path>,
  RequestState extends State = State,
> extends RouterContext<Path, Params, RequestState> {
  readonly request: MockContextRequest;
}

/** What mock contexts answer that have no real client; a test may change it, and should change it back. */
export const mockContextState: { encodingsAccepted: string } = {
  /** What `request.acceptsEncodings` gives. */
  encodingsAccepted: "identity",
};

/** Makes an application that nobody listens to. */
export function createMockApp<AppState extends State = State>(
  state: AppState = {} as AppState,
): Application<AppState> {
  return new MockApplication({ state, logErrors: false });
}

/**
 * Makes a context without a server: with a real `Request`, `Response` and cookies. `accepts` gives `undefined`
 * unless the request has an `Accept` header, and `acceptsEncodings` what {@linkcode mockContextState} says.
 */
export function createMockContext<
  Path extends string = string,
  Params = RouteParams<Path>,
  RequestState extends State = State,
>(
  options: MockContextOptions<Path, Params, RequestState> = {},
): MockRouterContext<Path, Params, RequestState> {
  return new MockContext(options) as unknown as MockRouterContext<Path, Params, RequestState>;
}

/** Makes a `next` that does nothing. */
export function createMockNext(): () => Promise<void> {
  return async () => {};
}

class MockRequest extends Request implements MockContextRequest {
  get search(): string {
    return this.url.search;
  }

  get searchParams(): URLSearchParams {
    return this.url.searchParams;
  }

  override accepts(): string[];
  override accepts(...types: string[]): string | undefined;
  override accepts(...types: string[]): string | string[] | undefined {
    const header = this.headers.get("accept");
    return header === null ? undefined : accepts(header, ...types);
  }

  override acceptsEncodings(): string[];
  override acceptsEncodings(...encodings: string[]): string | undefined;
  override acceptsEncodings(): string | string[] | undefined {
    return mockContextState.encodingsAccepted;
  }
}

class MockApplication<AppState extends State> extends Application<AppState> {
  static {
    showAs(this, "MockApplication", () => ({}));
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a context of any state
class MockContext extends Context<any, any> {
  static {
    showAs(this, "MockContext", () => ({}));
  }

  override readonly request: MockRequest;
  override readonly response: Response;
  readonly params: unknown;

  constructor(options: MockContextOptions<string, unknown>) {
    const { ip = "127.0.0.1", method = "GET", path = "/", params, state, headers = [], body } = options;
    const app = options.app ?? createMockApp(state);
    const url = new URL(path.startsWith("/") ? `http://localhost${path}` : path, "http://localhost/");
    const init = { method, headers, ...(body === undefined ? {} : { body, duplex: "half" }) };
    const source = new globalThis.Request(url, init);
    const serverRequest = new WebServerRequest(source, { remoteAddr: { hostname: ip } });
    super(app, serverRequest, { ...app.state });
    this.request = new MockRequest(serverRequest, { proxy: app.proxy });
    this.response = new Response(this.request);
    this.params = params;
  }
}
