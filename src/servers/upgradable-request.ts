/**
 * A fetch request of a server that can make a WebSocket of its connection.
 *
 * @module
 */

import type { ResponseHead, UpgradeOptions } from "../app/server-request.ts";
import { WebServerRequest } from "../app/web-server-request.ts";
import { PLAIN_TEXT } from "../http/content-type.ts";
import { isNullBodyStatus } from "../http/status.ts";
import type { HeaderList } from "../sse/response-headers.ts";
import { readWebBody } from "./web-body.ts";
import { checkHandshake } from "./web-socket-handshake.ts";

/** Answers a `Request` by a `Response` or by a WebSocket. */
export abstract class UpgradableRequest extends WebServerRequest {
  #remoteAddr: string | undefined;

  override get remoteAddr(): string | undefined {
    return this.#remoteAddr ?? this.readAddress();
  }

  readBody(limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    return readWebBody(this.request, limitBytes);
  }

  readText(): Promise<string> {
    return this.request.text();
  }

  override respond(response: Response): void {
    super.respond(this.method === "HEAD" && hidesLength(response) ? this.withoutLength(response) : response);
  }

  upgrade(options: UpgradeOptions = {}): WebSocket {
    if (this.answered) throw new TypeError("Cannot answer the request: it was answered already");
    checkHandshake(this, options);
    // The runtimes know it no more once the request is answered.
    this.#remoteAddr = this.readAddress();
    return this.connect(options);
  }

  /** A runtime's own server announces every length, and has the type of plain text for a body of text. */
  protected override makePlain(head: ResponseHead, body: string | Uint8Array<ArrayBuffer> | null): Response {
    const isText = typeof body === "string" && head.status === 200 && isPlainText(head.headers);
    return isText && this.method !== "HEAD" ? new Response(body) : super.makePlain(head, body);
  }

  /** Gives `response` so that the runtime says no length of the body that it does not have. */
  protected abstract withoutLength(response: Response): Response;

  /** The address of the client's end, as the runtime knows it now. */
  protected readAddress(): string | undefined {
    return super.remoteAddr;
  }

  /** Makes the WebSocket, and answers. */
  protected abstract connect(options: UpgradeOptions): WebSocket;
}

function isPlainText(headers: HeaderList): boolean {
  const [only] = headers;
  return headers.length === 1 && only?.[0] === "content-type" && only[1] === PLAIN_TEXT;
}

/** Whether nobody knows how long the body would be. @see RFC 9110, section 8.6 */
function hidesLength({ body, headers, status }: Response): boolean {
  return body === null && !headers.has("content-length") && !isNullBodyStatus(status);
}
