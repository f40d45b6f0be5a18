/**
 * A request of Node that asks for a WebSocket. Loaded when the first one comes, with all that WebSockets take.
 *
 * @module
 */

import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { UpgradeOptions } from "../app/server-request.ts";
import { NodeServerRequest } from "./node-server-request.ts";
import type { NodeUpgrade } from "./node-upgrade.ts";
import { connectNodeSocket } from "./node-web-socket.ts";
import { checkHandshake } from "./web-socket-handshake.ts";

/** A request for a WebSocket, which may as well be answered with a response. */
export class NodeUpgradeRequest extends NodeServerRequest {
  readonly #upgrade: NodeUpgrade;
  readonly #own: ServerResponse;
  readonly #unwatch: () => void;

  constructor(upgrade: NodeUpgrade, response: ServerResponse) {
    super(upgrade.request, response);
    this.#upgrade = upgrade;
    this.#own = response;
    this.#unwatch = watchForEnd(upgrade.socket);
  }

  upgrade(options: UpgradeOptions = {}): WebSocket {
    this.checkUnanswered();
    checkHandshake(this, options);
    this.markAnswered();
    this.#unwatch();
    this.#own.detachSocket(this.#upgrade.socket as Socket);
    return connectNodeSocket(this.#upgrade, options);
  }
}

/**
 * Cuts a connection that nobody reads when its client ends it, and leaves alone what the client says. The function
 * that it gives ends that.
 */
function watchForEnd(socket: Duplex): () => void {
  const onReadable = () => {
    // With nothing to read it is the end, which is told when it was read.
    if (socket.readableLength === 0) socket.read();
  };
  const onEnd = () => socket.destroy();
  socket.on("readable", onReadable).on("end", onEnd);
  return () => void socket.off("readable", onReadable).off("end", onEnd);
}
