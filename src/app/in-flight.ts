/**
 * What a listener has under way, so that it can be ended cleanly.
 *
 * @module
 */

import type { ServerSentEventStreamTarget } from "../sse/event-stream-target.ts";
import { type RefusalReason, StreamCounters } from "./application-metrics.ts";
import { drainStreams } from "./drain-streams.ts";
import { type EventsSettings, readEventsOptions } from "./events-options.ts";

/** What a WebSocket is told when the application ends. @see RFC 6455, section 7.4.1 */
const GOING_AWAY = 1001;

/** The requests, the event streams and the WebSockets of one listener. */
export class InFlight {
  /** How the streams are held, and what counts them: the same for all listeners of an application. */
  readonly events: EventsSettings;
  readonly counters: StreamCounters;
  readonly #streams = new Set<ServerSentEventStreamTarget>();
  readonly #sockets = new Set<WebSocket>();
  /** Takes a stream off the list: the one function for all of them. */
  readonly forget: (target: ServerSentEventStreamTarget) => void = (target) => {
    if (this.#streams.delete(target)) {
      this.counters.countClosed(target.closeReason ?? "error", target.sentBytes);
    }
  };
  #begun = 0;
  #handled = 0;
  #draining = false;
  #idle: (() => void) | undefined;

  constructor(events: EventsSettings = readEventsOptions(), counters: StreamCounters = new StreamCounters()) {
    this.events = events;
    this.counters = counters;
  }

  /** How many requests are being handled. */
  get requests(): number {
    return this.#begun - this.#handled;
  }

  /** How many requests are through. */
  get handled(): number {
    return this.#handled;
  }

  /** How many event streams are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** How many bytes the open event streams have sent; looks at each. */
  get sentBytes(): number {
    let bytes = 0;
    for (const { sentBytes } of this.#streams) bytes += sentBytes;
    return bytes;
  }

  /** How many WebSockets are open. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** Why no further stream is taken; `undefined` when one is. */
  get refusal(): RefusalReason | undefined {
    if (this.#draining) return "shutdown";
    return this.counters.open < this.events.maxConnections ? undefined : "full";
  }

  /** Counts a request, until `end` is called. */
  begin(): void {
    this.#begun++;
  }

  /** Counts a request no more. */
  end(): void {
    this.#handled++;
    if (this.#handled === this.#begun) this.#idle?.();
  }

  /** Counts a stream until it calls `forget`. One that opens while all end is ended too. */
  stream(target: ServerSentEventStreamTarget): void {
    if (target.closed) return;
    this.#streams.add(target);
    this.counters.countOpen();
    if (this.#draining) void target.closeForNow(undefined, "shutdown");
  }

  /** Counts a WebSocket until it closes. One that opens while all end is ended too. */
  socket(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.addEventListener("close", () => this.#sockets.delete(socket), { once: true });
    if (this.#draining) void closeSocket(socket);
  }

  /**
   * Ends the streams and the WebSockets, and resolves once they and all requests are through: the WebSockets at once,
   * the streams within `limitMs` or their own window.
   */
  async drain(limitMs: number = Number.POSITIVE_INFINITY): Promise<void> {
    this.#draining = true;
    const streams = drainStreams(this.#streams, Math.min(this.events.drainWindowMs, limitMs));
    await Promise.all([streams, ...Array.from(this.#sockets, closeSocket)]);
    if (this.requests === 0) return;
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
