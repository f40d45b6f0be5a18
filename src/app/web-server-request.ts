/**
 * A {@linkcode ServerRequest} over a `Request` of the Fetch Standard: what a runtime with fetch handlers, or
 * `app.fetch` itself, hands to an application.
 *
 * @module
 */

import type { ByteSink } from "../sse/byte-sink.ts";
import type { HeaderList } from "../sse/response-headers.ts";
import { StreamSink } from "../sse/stream-sink.ts";
import { announceLength } from "./content-length.ts";
import type { ResponseHead, ServerRequest } from "./server-request.ts";

/** The address of a client's end of a connection. */
export interface RemoteAddress {
  hostname?: string;
  port?: number;
  transport?: string;
}

/** What a server knows of the client beside its request. */
export interface ClientInfo {
  remoteAddr?: RemoteAddress | undefined;
  /** Deno's, and the sign of its requests: their signal is aborted at the end of every response. */
  completed?: Promise<void>;
}

const UNKNOWN: ClientInfo = {};

/** The heads of usual responses, by their content type: a `Response` takes a copy of one for less than it makes one. */
const USUAL_HEADERS = new Map<string, Headers>();
const MAX_USUAL_HEADERS = 32;

/** Answers a `Request` with a `Response`, at once or by its promise. */
export class WebServerRequest implements ServerRequest {
  readonly request: Request;
  readonly method: string;
  readonly #client: ClientInfo;
  #sentUrl: string | undefined;
  #answer: Response | undefined;
  #failure: { reason: unknown } | undefined;
  #response: Promise<Response> | undefined;
  #onOver: (() => void) | undefined;
  #abortController: AbortController | undefined;
  #answeredPlain = false;

  constructor(request: Request, client: ClientInfo = UNKNOWN) {
    this.request = request;
    this.method = request.method;
    this.#client = client;
  }

  /** The answer, once it was given: who has it need not wait. */
  get answer(): Response | undefined {
    return this.#answer;
  }

  /** The answer; rejects when the request was given up. */
  get response(): Promise<Response> {
    this.#response ??= new Promise((resolve, reject) => {
      this.#whenOver(() => {
        if (this.#answer === undefined) reject(this.#failure?.reason);
        else resolve(this.#answer);
      });
    });
    return this.#response;
  }

  get remoteAddr(): string | undefined {
    return this.#client.remoteAddr?.hostname;
  }

  get url(): string {
    const url = this.sentUrl;
    // Bun's is a path alone where the client named no host.
    if (url.startsWith("/")) return url;
    const path = url.indexOf("/", url.indexOf("://") + 3);
    return path === -1 ? "/" : url.slice(path);
  }

  get rawUrl(): string {
    return this.sentUrl;
  }

  get headers(): Headers {
    return this.request.headers;
  }

  get signal(): AbortSignal {
    const { signal } = this.request;
    if (this.#client.completed === undefined) return signal;
    if (this.#abortController === undefined) {
      const controller = new AbortController();
      // After a plain answer its being aborted means that all went well.
      const onAbort = () => this.#answeredPlain || controller.abort(signal.reason);
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort);
      this.#abortController = controller;
    }
    return this.#abortController.signal;
  }

  /**
   * The answer for a client: a request that was given up is a 500 that says nothing of the reason. `onOver` is called
   * before it resolves.
   */
  waitForAnswer(onOver?: () => void): Promise<Response> {
    return new Promise((resolve) => {
      this.#whenOver(() => {
        onOver?.();
        resolve(this.#answer ?? new globalThis.Response("Internal Server Error", { status: 500 }));
      });
    });
  }

  getHeader(name: string): string | null {
    // The pseudo-headers of HTTP/2 are no names for `Headers`.
    return name.startsWith(":") ? null : this.request.headers.get(name);
  }

  getBody(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.request.body;
  }

  respond(response: Response): void {
    this.#give(response);
  }

  respondPlain(head: ResponseHead, body: string | Uint8Array<ArrayBuffer> | null): void {
    this.#give(this.makePlain(head, body));
    this.#answeredPlain = true;
  }

  openStream({ status, headers }: ResponseHead): ByteSink {
    const sink = new StreamSink();
    this.respond(new globalThis.Response(sink.body, { status, headers }));
    // A client that leaves is told by the body's `cancel`, by the signal, or by both; Deno's by the first alone.
    if (this.#client.completed === undefined) sink.abortBy(this.signal);
    return sink;
  }

  error(reason?: unknown): void {
    if (this.answered) return;
    this.#failure = { reason };
    this.#onOver?.();
  }

  /** The URL as the runtime has it, who is asked for it once: each time it would look it up. */
  protected get sentUrl(): string {
    this.#sentUrl ??= this.request.url;
    return this.#sentUrl;
  }

  /** Whether there is an answer, or the request was given up. */
  protected get answered(): boolean {
    return this.#answer !== undefined || this.#failure !== undefined;
  }

  /** Makes the answer of a body that is all there. A length that is not announced here is left to who sends it. */
  protected makePlain(
    { status, headers }: ResponseHead,
    body: string | Uint8Array<ArrayBuffer> | null,
  ): Response {
    const isHead = this.method === "HEAD";
    if (isHead || body === null) announceLength(headers, status, body);
    return new globalThis.Response(isHead ? null : body, { status, headers: shareHeaders(headers) });
  }

  #whenOver(listener: () => void): void {
    const earlier = this.#onOver;
    if (this.answered) listener();
    else if (earlier === undefined) this.#onOver = listener;
    else {
      this.#onOver = () => {
        earlier();
        listener();
      };
    }
  }

  #give(response: Response): void {
    if (this.answered) {
      throw new TypeError("Cannot answer the request: it was answered already");
    }
    this.#answer = response;
    this.#onOver?.();
  }
}

/** Gives headers in a form that a `Response` is soon made of. */
function shareHeaders(headers: HeaderList): HeaderList | Headers {
  const [first] = headers;
  if (headers.length !== 1 || first?.[0] !== "content-type") return headers;
  const usual = USUAL_HEADERS.get(first[1]);
  if (usual !== undefined) return usual;
  const made = new Headers(headers);
  if (USUAL_HEADERS.size < MAX_USUAL_HEADERS) USUAL_HEADERS.set(first[1], made);
  return made;
}
