/**
 * A request and response of Node, of any of its three HTTP modules, as a {@linkcode ServerRequest}.
 *
 * @module
 */

import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { BodyReader } from "../app/body-reader.ts";
import type { BodySource, ResponseHead, ServerRequest } from "../app/server-request.ts";
import type { ByteSink } from "../sse/byte-sink.ts";
import type { HeaderList } from "../sse/response-headers.ts";
import { readNodeBody } from "./node-body.ts";
import { readNodeBytes } from "./node-body-bytes.ts";
import { isClosed, pumpSource, pumpStream } from "./node-body-pump.ts";
import { directSocket, NodeSink, turnCork } from "./node-sink.ts";

/** A request of `node:http`, `node:https` or `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;
/** The response that belongs to a {@linkcode NodeRequest}. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Malformed in HTTP/2, whoever sets them (RFC 9113, section 8.2.2). */
const HTTP1_HEADERS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** Hands a Node request to an application. `Headers`, `Request` and `AbortSignal` are made when asked for. */
export class NodeServerRequest implements ServerRequest {
  readonly #request: NodeRequest;
  readonly #response: NodeResponse;
  #answered = false;
  #headers: Headers | undefined;
  #body: ReadableStream<Uint8Array<ArrayBuffer>> | null | undefined;
  #source: Request | undefined;
  #abortController: AbortController | undefined;

  constructor(request: NodeRequest, response: NodeResponse) {
    this.#request = request;
    this.#response = response;
    // A client may leave with "no error"; Node would wait for the end of an answer that nobody can take.
    if ("stream" in response) response.stream?.once("aborted", () => response.stream?.destroy());
  }

  get method(): string {
    return this.#request.method ?? "GET";
  }

  get url(): string {
    const url = this.#request.url ?? "/";
    if (url.startsWith("/") || !URL.canParse(url)) return url;
    const { pathname, search } = new URL(url);
    return pathname + search;
  }

  /** Known only where the client sent all of it. @see RFC 9112, section 3.2.2 */
  get rawUrl(): string | undefined {
    const url = this.#request.url ?? "/";
    return !url.startsWith("/") && URL.canParse(url) ? url : undefined;
  }

  get httpVersion(): 1 | 2 {
    return this.#request.httpVersionMajor === 2 ? 2 : 1;
  }

  get remoteAddr(): string | undefined {
    return this.#request.socket?.remoteAddress;
  }

  get headers(): Headers {
    if (this.#headers === undefined) {
      this.#headers = new Headers();
      const { rawHeaders } = this.#request;
      for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
        const name = rawHeaders[at] ?? "";
        if (!name.startsWith(":")) this.#headers.append(name, rawHeaders[at + 1] ?? "");
      }
    }
    return this.#headers;
  }

  get signal(): AbortSignal {
    if (this.#abortController === undefined) {
      const controller = new AbortController();
      const onClose = () => {
        if (!this.#response.writableFinished)
          controller.abort(new Error("The client left before the end of the response"));
      };
      this.#abortController = controller;
      if (isClosed(this.#response)) onClose();
      else this.#response.once("close", onClose);
    }
    return this.#abortController.signal;
  }

  get request(): Request {
    if (this.#source === undefined) {
      const { method, headers, signal } = this;
      const host = this.getHeader("host") ?? this.getHeader(":authority") ?? "localhost";
      const scheme = isEncrypted(this.#request.socket) ? "https" : "http";
      // The Fetch Standard has none there, and HTTP may have one: that stays where it can be asked for.
      const body = method === "GET" || method === "HEAD" ? null : this.getBody();
      const init: RequestInit & { duplex: "half" } = { method, headers, body, signal, duplex: "half" };
      this.#source = new Request(this.rawUrl ?? `${scheme}://${host}${this.url}`, init);
    }
    return this.#source;
  }

  getHeader(name: string): string | null {
    const value = this.#request.headers[name];
    return value === undefined ? null : typeof value === "string" ? value : value.join(", ");
  }

  getBody(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#body === undefined) {
      this.#body = this.#hasBody() ? readNodeBody(this.#request) : null;
      this.#sayContinue();
    }
    return this.#body;
  }

  readBody(limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#body === undefined && this.#hasBody()) {
      this.#sayContinue();
      return readNodeBytes(this.#request, limitBytes);
    }
    const body = this.getBody();
    return body === null ? Promise.resolve(new Uint8Array()) : new BodyReader(body, limitBytes).readAll();
  }

  respond(response: Response): Promise<void> {
    // A body that somebody reads already throws here, while another answer can still be given.
    const reader = response.body?.getReader();
    this.#begin({ status: response.status, headers: [...response.headers] }, response.statusText);
    if (reader !== undefined && this.method !== "HEAD") return pumpStream(reader, this.#response);
    // Nobody will read it; whether its source minds is of no interest any more.
    reader?.cancel().catch(() => undefined);
    this.#response.end();
    return Promise.resolve();
  }

  respondPlain(head: ResponseHead, body: string | Uint8Array | null): void {
    if ("stream" in this.#response) this.#respondPlainByStream(head, body);
    else this.#respondPlainByText(this.#response, head, body);
  }

  respondFrom(head: ResponseHead, source: BodySource): Promise<void> {
    this.#begin(head);
    return pumpSource(source, this.#response);
  }

  openStream(head: ResponseHead): ByteSink {
    const response = this.#response;
    response.socket?.setTimeout?.(0);
    // Whoever set it before did not know of the stream.
    if (!this.#answered) response.removeHeader("content-length");
    if ("stream" in response) {
      this.#begin(head);
      // Node's type of the response leaves it out.
      (response as unknown as ServerResponse).flushHeaders();
      return new NodeSink(response.stream, response.stream, false);
    }
    const socket = directSocket(response);
    // The head, and what is sent in the same turn, leave together.
    if (socket !== null) turnCork.hold(socket);
    this.#begin(head);
    response.flushHeaders();
    return new NodeSink(socket ?? response, response, socket !== null && response.chunkedEncoding);
  }

  error(): void {
    if (this.#answered || this.#response.headersSent) return;
    this.#answered = true;
    this.#response.statusCode = 500;
    this.#response.end();
  }

  /** Throws a `TypeError` when the request was answered already. */
  protected checkUnanswered(): void {
    if (this.#answered) throw new TypeError("Cannot answer the request: it was answered already");
  }

  /** From now on there is no other answer. */
  protected markAnswered(): void {
    this.#answered = true;
  }

  #respondPlainByText(response: ServerResponse, head: ResponseHead, body: string | Uint8Array | null): void {
    this.checkUnanswered();
    response.writeHead(head.status, plainFields(head, body));
    this.#answered = true;
    // Node leaves it out itself where there is no place for it.
    if (body === null) response.end();
    else response.end(body);
  }

  #respondPlainByStream({ status, headers }: ResponseHead, body: string | Uint8Array | null): void {
    if (!hasLength(headers) && takesLength(status)) headers.push(["content-length", lengthOf(body)]);
    this.#begin({ status, headers });
    // Its stream ends with the head where there is no place for a body, and would fail on it.
    if (body === null || this.method === "HEAD" || !takesLength(status)) this.#response.end();
    else this.#response.end(body);
  }

  #begin({ status, headers }: ResponseHead, statusText = ""): void {
    this.checkUnanswered();
    const isHttp2 = this.httpVersion === 2;
    const fields = toFields(isHttp2 ? headers.filter(([name]) => !HTTP1_HEADERS.has(name)) : headers);
    if (isHttp2 || statusText === "") (this.#response as ServerResponse).writeHead(status, fields);
    else (this.#response as ServerResponse).writeHead(status, statusText, fields);
    this.#answered = true;
  }

  /** Tells a client that waits with its body to send it. @see RFC 9110, section 10.1.1 */
  #sayContinue(): void {
    const waits = this.#request.headers.expect?.toLowerCase() === "100-continue";
    if (waits && !this.#answered && !isClosed(this.#response)) this.#response.writeContinue();
  }

  /** @see RFC 9112, section 6.3 */
  #hasBody(): boolean {
    const { headers } = this.#request;
    if (this.httpVersion === 2) return !(this.#request as Http2ServerRequest).stream.endAfterHeaders;
    return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  }
}

/** The head as Node takes it with the least work: names and values in one list, the length among them. */
function plainFields({ status, headers }: ResponseHead, body: string | Uint8Array | null): string[] {
  const fields: string[] = [];
  let measured = !takesLength(status);
  for (const [name, value] of headers) {
    fields.push(name, value);
    if (name === "content-length") measured = true;
  }
  if (!measured) fields.push("content-length", lengthOf(body));
  return fields;
}

/** @see RFC 9110, section 8.6 */
function takesLength(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304;
}

function hasLength(headers: HeaderList): boolean {
  return headers.some(([name]) => name === "content-length");
}

function lengthOf(body: string | Uint8Array | null): string {
  return String(typeof body === "string" ? Buffer.byteLength(body) : (body?.byteLength ?? 0));
}

/** Several headers of one name become a list; `set-cookie` must not be joined. */
function toFields(headers: HeaderList): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {};
  for (const [name, value] of headers) {
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else fields[name] = [String(before), value];
  }
  return fields;
}

function isEncrypted(socket: unknown): boolean {
  return typeof socket === "object" && socket !== null && "encrypted" in socket && socket.encrypted === true;
}
