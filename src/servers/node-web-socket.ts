/**
 * The WebSockets of Node, by `ws`, as WebSockets of the web.
 *
 * @module
 */

import { type WebSocket as NodeSocket, WebSocketServer } from "ws";
import type { UpgradeOptions } from "../app/server-request.ts";
import type { NodeUpgrade } from "./node-upgrade.ts";
import {
  MAX_MESSAGE_BYTES,
  type SocketObserver,
  type SocketWire,
  UpgradedSocket,
} from "./upgraded-socket.ts";

/** Makes a WebSocket of a connection whose request was checked, and answers it. */
export function connectNodeSocket(
  { request, socket, head }: NodeUpgrade,
  options: UpgradeOptions,
): WebSocket {
  const { protocol = false } = options;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => protocol,
  });
  return new UpgradedSocket(options, (observer) => {
    let connected: NodeSocket | undefined;
    server.handleUpgrade(request, socket, head, (own) => {
      connected = own;
    });
    if (connected !== undefined) return wireOf(connected, observer);
    observer.closed(1006, "");
    return GONE;
  });
}

/** The client left before the answer. */
const GONE: SocketWire = {
  bufferedBytes: 0,
  send: () => undefined,
  ping: () => undefined,
  close: () => undefined,
  terminate: () => undefined,
};

function wireOf(socket: NodeSocket, observer: SocketObserver): SocketWire {
  socket.on("message", (data: Buffer<ArrayBuffer>, isBinary) =>
    observer.message(isBinary ? data : data.toString()),
  );
  socket.on("pong", () => observer.heard());
  socket.on("error", (error) => observer.failed(error));
  socket.on("close", (code, reason) => observer.closed(code, reason.toString()));
  return {
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    // What goes wrong is told by `close`.
    send: (data) => socket.send(data, () => undefined),
    ping: () => socket.ping(undefined, undefined, () => undefined),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
}
