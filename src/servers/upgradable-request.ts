/**
 * A fetch request of a server that can make a WebSocket of its connection.
 *
 * @module
 */

import type { ResponseHead, UpgradeOptions } from "../app/server-request.ts";
import { WebServerRequest } from "../app/web-server-request.ts";
import { readWebBody } from "./web-body.ts";
import { checkHandshake } from "./web-socket-handshake.ts";

/** Answers a `Request` by a `Response` or by a WebSocket. */
export abstract class UpgradableRequest extends WebServerRequest {
  #answered = false;
  #remoteAddr: string | undefined;

  override get remoteAddr(): string | undefined {
    return this.#remoteAddr ?? this.readAddress();
  }

  readBody(limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    return readWebBody(this.request, limitBytes);
  }

  override respond(response: Response): void {
    super.respond(response);
    this.onAnswer();
  }

  override respondPlain(head: ResponseHead, body: string | Uint8Array<ArrayBuffer> | null): void {
    super.respondPlain(head, body);
    this.onAnswer();
  }

  override error(reason?: unknown): void {
    super.error(reason);
    this.onAnswer();
  }

  upgrade(options: UpgradeOptions = {}): WebSocket {
    if (this.#answered) throw new TypeError("Cannot answer the request: it was answered already");
    checkHandshake(this, options);
    // The runtimes know it no more once the request is answered.
    this.#remoteAddr = this.readAddress();
    return this.connect(options);
  }

  /** Called when it was answered, or given up. */
  protected onAnswer(): void {
    this.#answered = true;
  }

  /** The address of the client's end, as the runtime knows it now. */
  protected readAddress(): string | undefined {
    return super.remoteAddr;
  }

  /** Makes the WebSocket, and answers. */
  protected abstract connect(options: UpgradeOptions): WebSocket;
}
