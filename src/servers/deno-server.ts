/**
 * Listens on Deno.
 *
 * @module
 */

import type { ListenOptions, RequestHandler, Server, ServerAddress } from "../app/server.ts";
import { type ClientInfo, WebServerRequest } from "../app/web-server-request.ts";
import { ListenError } from "./listen-error.ts";
import { readTlsKeys } from "./tls-keys.ts";

/** The slice of Deno that is used here. */
declare const Deno: {
  serve(
    options: { hostname: string; port: number; cert?: string; key?: string; onListen(): void },
    handler: (request: Request, info: ClientInfo) => Promise<Response>,
  ): DenoHttpServer;
};

interface DenoHttpServer {
  readonly addr: { hostname: string; port: number };
  shutdown(): Promise<void>;
}

/** The server of Deno. */
export class DenoServer implements Server {
  static readonly type = "native" as const;
  readonly #handler: RequestHandler;
  readonly #options: ListenOptions;
  #server: DenoHttpServer | undefined;

  constructor(handler: RequestHandler, options: ListenOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  async listen(): Promise<ServerAddress> {
    const { hostname = "0.0.0.0", port = 0 } = this.#options;
    try {
      const tls = readTlsKeys(this.#options);
      this.#server = Deno.serve({ hostname, port, ...tls, onListen: () => undefined }, (request, info) => {
        const serverRequest = new WebServerRequest(request, info);
        void this.#handler(serverRequest);
        return serverRequest.safeResponse;
      });
      return { hostname: this.#server.addr.hostname, port: this.#server.addr.port };
    } catch (error) {
      throw new ListenError(hostname, port, error);
    }
  }

  async close(): Promise<void> {
    await this.#server?.shutdown();
  }
}
