/**
 * The WebSockets of Bun, which come with one set of handlers for all, as WebSockets of the web.
 *
 * @module
 */

import type { UpgradeOptions } from "../app/server-request.ts";
import {
  MAX_MESSAGE_BYTES,
  type SocketObserver,
  type SocketWire,
  UpgradedSocket,
} from "./upgraded-socket.ts";

/** What goes with one WebSocket of Bun. */
export interface BunConnection {
  observer: SocketObserver;
  socket: BunServerWebSocket | undefined;
}

/** The slice of Bun's `ServerWebSocket` that is used here. */
export interface BunServerWebSocket {
  readonly data: BunConnection;
  getBufferedAmount(): number;
  sendText(data: string): number;
  sendBinary(data: Uint8Array<ArrayBuffer>): number;
  ping(): number;
  close(code?: number, reason?: string): void;
  terminate(): void;
}

/** The part of Bun's options that is about WebSockets. */
export interface BunWebSocketHandlers {
  idleTimeout: number;
  sendPings: boolean;
  maxPayloadLength: number;
  backpressureLimit: number;
  open(socket: BunServerWebSocket): void;
  message(socket: BunServerWebSocket, data: string | Uint8Array<ArrayBuffer>): void;
  pong(socket: BunServerWebSocket): void;
  close(socket: BunServerWebSocket, code: number, reason: string): void;
}

/** Passes on to the observer that each WebSocket has with it. Silence and a full buffer are not Bun's to judge. */
export const bunWebSockets: BunWebSocketHandlers = {
  idleTimeout: 0,
  sendPings: false,
  maxPayloadLength: MAX_MESSAGE_BYTES,
  backpressureLimit: 2 ** 31 - 1,
  open(socket) {
    socket.data.socket = socket;
  },
  message(socket, data) {
    socket.data.observer.message(data);
  },
  pong(socket) {
    socket.data.observer.heard();
  },
  close(socket, code, reason) {
    // Bun calls it from within its `close`; a WebSocket of the web tells it later.
    queueMicrotask(() => socket.data.observer.closed(code, reason));
  },
};

/** Makes a WebSocket by `upgrade`, which says whether Bun has done it. Throws a `TypeError` when not. */
export function connectBunSocket(
  options: UpgradeOptions,
  upgrade: (connection: BunConnection) => boolean,
): WebSocket {
  return new UpgradedSocket(options, (observer) => {
    const connection: BunConnection = { observer, socket: undefined };
    if (!upgrade(connection)) throw new TypeError("Cannot upgrade the request: its client is gone");
    return wireOf(connection);
  });
}

/** Bun's own WebSocket is known from its `open` on. */
function wireOf(connection: BunConnection): SocketWire {
  return {
    get bufferedBytes() {
      return connection.socket?.getBufferedAmount() ?? 0;
    },
    send(data) {
      if (typeof data === "string") connection.socket?.sendText(data);
      else connection.socket?.sendBinary(data);
    },
    ping: () => void connection.socket?.ping(),
    close: (code, reason) => connection.socket?.close(code, reason),
    terminate: () => connection.socket?.terminate(),
  };
}
