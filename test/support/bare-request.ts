import type { ServerRequest } from "../../src/app/server-request.ts";

/** What a client sends, as far as it is no default. */
export interface BareRequestInit {
  method?: string;
  /** By lower-case name. */
  headers?: Record<string, string>;
  remoteAddr?: string;
}

/** A request as a socket's server hands it over: it knows the path that was sent and no URL. Keeps the answers. */
export class BareRequest implements ServerRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly remoteAddr: string | undefined;
  readonly answers: Response[] = [];
  readonly errors: unknown[] = [];
  readonly controller = new AbortController();
  readonly signal: AbortSignal = this.controller.signal;
  readonly #fields: Record<string, string>;

  constructor(url = "/", init: BareRequestInit = {}) {
    this.url = url;
    this.method = init.method ?? "GET";
    this.#fields = init.headers ?? {};
    this.headers = new Headers(Object.entries(this.#fields).filter(([name]) => !name.startsWith(":")));
    this.remoteAddr = init.remoteAddr;
  }

  getHeader(name: string): string | null {
    return this.#fields[name] ?? null;
  }

  getBody(): null {
    return null;
  }

  respond(response: Response): void {
    if (this.answers.length > 0) throw new TypeError("Cannot answer the request: it was answered already");
    this.answers.push(response);
  }

  error(reason?: unknown): void {
    this.errors.push(reason);
  }
}
