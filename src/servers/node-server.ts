/**
 * Listens on Node, with whichever of `node:http`, `node:https` and `node:http2` the options ask for.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Listener, ListenOptions, RequestHandler, ServerAddress, TlsKeys } from "../app/server.ts";
import { ListeningServer } from "./listening-server.ts";
import { connectDiagnostics } from "./node-diagnostics.ts";
import { createNodeListener, type NodeListener, type SecureNodeListener } from "./node-listener.ts";
import { type NodeRequest, type NodeResponse, NodeServerRequest } from "./node-server-request.ts";
import { asksForWebSocket, type NodeUpgrade, openResponse, withoutUpgrade } from "./node-upgrade.ts";

/** How long an idle connection is kept once the server closes, in milliseconds: 0 would mean forever. */
const CLOSING_KEEP_ALIVE_MS = 1;

/** The server of Node. */
export class NodeServer extends ListeningServer {
  static readonly type = "node" as const;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #sockets = new Set<Socket>();
  #server: NodeListener | undefined;

  /** Throws a `TypeError` where a port is to be shared and this version of Node can't. */
  constructor(_application: unknown, options: ListenOptions = {}) {
    super(options);
    const { node } = process.versions;
    if (options.reusePort === true && !canReusePort(node)) {
      throw new TypeError(`Cannot listen with reusePort: Node "${node}" can't, 22.12 and 23.1 can`);
    }
  }

  abort(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  protected override async start(handler: RequestHandler): Promise<Listener> {
    connectDiagnostics();
    const server = await createNodeListener(this.options);
    const handle = (request: NodeRequest, response: NodeResponse) => {
      void handler(new NodeServerRequest(request, response));
    };
    server.on("request", handle);
    // The body is asked for when somebody reads it.
    server.on("checkContinue", handle);
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#upgrade({ request, socket, head }, handler);
    });
    server.on("connection", (socket: Socket) => this.#keepSocket(socket));
    server.on("session", (session: ServerHttp2Session) => this.#keepSession(session));
    this.#server = server;
    const addr = await listen(server, this.options);
    if (!("setSecureContext" in server)) return { addr };
    return { addr, replaceTlsKeys: (keys) => replaceTlsKeys(server, keys) };
  }

  protected override stop(): Promise<void> {
    const server = this.#server;
    return new Promise((resolve) => {
      if (server === undefined) return resolve();
      server.close(() => resolve());
      for (const session of this.#sessions) session.close();
      if ("closeIdleConnections" in server) server.closeIdleConnections();
      // Who has said nothing yet is none of those that Node takes for idle.
      for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
      // What is under way ends its connection with its response.
      (server as { keepAliveTimeout?: number }).keepAliveTimeout = CLOSING_KEEP_ALIVE_MS;
    });
  }

  async #upgrade(upgrade: NodeUpgrade, handler: RequestHandler): Promise<void> {
    const { request, socket } = upgrade;
    if (!asksForWebSocket(request)) {
      socket.unshift(withoutUpgrade(upgrade));
      this.#server?.emit((socket as TLSSocket).encrypted ? "secureConnection" : "connection", socket);
      return;
    }
    const response = openResponse(upgrade);
    if (response === undefined) return;
    const { NodeUpgradeRequest } = await import("./node-upgrade-request.ts");
    await handler(new NodeUpgradeRequest(upgrade, response));
  }

  #keepSocket(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  #keepSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.once("close", () => this.#sessions.delete(session));
  }
}

/** Whether a version of Node knows the option. */
export function canReusePort(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

function listen(server: NodeListener, options: ListenOptions): Promise<ServerAddress> {
  const { hostname = "0.0.0.0", port = 0, path, reusePort = false } = options;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path === undefined ? { host: hostname, port, reusePort } : { path }, () => {
      server.off("error", reject);
      const address = server.address() as AddressInfo | string;
      resolve(
        typeof address === "string"
          ? { hostname: address, port: 0 }
          : { hostname: address.address, port: address.port },
      );
    });
  });
}

function replaceTlsKeys(server: SecureNodeListener, { cert, key }: TlsKeys): void {
  try {
    server.setSecureContext({ cert, key });
  } catch (cause) {
    throw new TypeError("Cannot replace the TLS keys: they are none", { cause });
  }
}
