/**
 * What a listener has under way, so that it can be ended cleanly.
 *
 * @module
 */

import type { ServerSentEventStreamTarget } from "../sse/event-stream-target.ts";

/** What a WebSocket is told when the application ends. @see RFC 6455, section 7.4.1 */
const GOING_AWAY = 1001;

/** The requests, the event streams and the WebSockets of one listener. */
export class InFlight {
  readonly #streams = new Set<ServerSentEventStreamTarget>();
  readonly #sockets = new Set<WebSocket>();
  /** Takes a stream off the list: the one function for all of them. */
  readonly forget: (target: ServerSentEventStreamTarget) => void = (target) => {
    this.#streams.delete(target);
  };
  #requests = 0;
  #draining = false;
  #idle: (() => void) | undefined;

  /** How many requests are being handled. */
  get requests(): number {
    return this.#requests;
  }

  /** How many event streams are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** How many WebSockets are open. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** Counts a request, until `end` is called. */
  begin(): void {
    this.#requests++;
  }

  /** Counts a request no more. */
  end(): void {
    this.#requests--;
    if (this.#requests === 0) this.#idle?.();
  }

  /** Counts a stream until it calls `forget`. One that opens while all end is ended too. */
  stream(target: ServerSentEventStreamTarget): void {
    if (target.closed) return;
    this.#streams.add(target);
    if (this.#draining) void target.close("shutdown");
  }

  /** Counts a WebSocket until it closes. One that opens while all end is ended too. */
  socket(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.addEventListener("close", () => this.#sockets.delete(socket), { once: true });
    if (this.#draining) void closeSocket(socket);
  }

  /** Ends the streams and the WebSockets, and resolves once they and all requests are through. */
  async drain(): Promise<void> {
    this.#draining = true;
    const streams = Array.from(this.#streams, (target) => target.close("shutdown"));
    await Promise.all([...streams, ...Array.from(this.#sockets, closeSocket)]);
    if (this.#requests === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }

  /** Ends the streams at once, whatever their readers have taken. */
  abandon(): void {
    for (const target of this.#streams) target.abort("shutdown");
  }
}

function closeSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.addEventListener("close", () => resolve(), { once: true });
    const close = () => socket.close(GOING_AWAY, "shutdown");
    // One that is still opening could only fail.
    if (socket.readyState === 0) socket.addEventListener("open", close, { once: true });
    else close();
  });
}
