/**
 * Listens on Node, with whichever of `node:http`, `node:https` and `node:http2` the options ask for.
 *
 * @module
 */

import { createServer, type Server as HttpServer } from "node:http";
import {
  createServer as createHttp2Server,
  createSecureServer as createSecureHttp2Server,
  type Http2Server,
  type ServerHttp2Session,
} from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ListenOptions, RequestHandler, Server, ServerAddress } from "../app/server.ts";
import { ListenError } from "./listen-error.ts";
import { type NodeRequest, type NodeResponse, NodeServerRequest } from "./node-server-request.ts";
import { readTlsKeys } from "./tls-keys.ts";

/** How long an idle connection is kept once the server closes, in milliseconds: 0 would mean forever. */
const CLOSING_KEEP_ALIVE_MS = 1;

/** The server of Node. */
export class NodeServer implements Server {
  static readonly type = "node" as const;
  readonly #handler: RequestHandler;
  readonly #options: ListenOptions;
  readonly #sessions = new Set<ServerHttp2Session>();
  #server: HttpServer | Http2Server | undefined;

  constructor(handler: RequestHandler, options: ListenOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  async listen(): Promise<ServerAddress> {
    const { hostname = "0.0.0.0", port = 0 } = this.#options;
    try {
      const server = create(this.#options);
      server.on("request", (request: NodeRequest, response: NodeResponse) => {
        void this.#handler(new NodeServerRequest(request, response));
      });
      server.on("session", (session: ServerHttp2Session) => this.#keep(session));
      this.#server = server;
      return await start(server, hostname, port);
    } catch (error) {
      throw new ListenError(hostname, port, error);
    }
  }

  close(): Promise<void> {
    const server = this.#server;
    return new Promise((resolve) => {
      if (server === undefined) return resolve();
      server.close(() => resolve());
      for (const session of this.#sessions) session.close();
      if ("closeIdleConnections" in server) server.closeIdleConnections();
      // What is under way ends its connection with its response.
      (server as HttpServer).keepAliveTimeout = CLOSING_KEEP_ALIVE_MS;
    });
  }

  #keep(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.on("close", () => this.#sessions.delete(session));
  }
}

function create(options: ListenOptions): HttpServer | Http2Server {
  const tls = readTlsKeys(options);
  const { http2 = tls !== undefined } = options;
  if (tls === undefined) return http2 ? createHttp2Server() : createServer({ keepAlive: true });
  return http2 ? createSecureHttp2Server({ allowHTTP1: true, ...tls }) : createHttpsServer({ ...tls });
}

function start(server: HttpServer | Http2Server, host: string, port: number): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      const address = server.address() as AddressInfo;
      resolve({ hostname: address.address, port: address.port });
    });
  });
}
