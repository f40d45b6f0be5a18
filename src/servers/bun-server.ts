/**
 * Listens on Bun.
 *
 * @module
 */

import type { ListenOptions, RequestHandler, Server, ServerAddress } from "../app/server.ts";
import type { ResponseHead } from "../app/server-request.ts";
import { WebServerRequest } from "../app/web-server-request.ts";
import type { ByteSink } from "../sse/byte-sink.ts";
import { BunSink } from "./bun-sink.ts";
import { ListenError } from "./listen-error.ts";
import { readTlsKeys, type TlsKeys } from "./tls-keys.ts";

/** The longest that Bun allows, in seconds: a handler may think. A stream is freed of it altogether. */
const IDLE_TIMEOUT_SECONDS = 255;

/** The slice of Bun that is used here. */
declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    idleTimeout: number;
    tls?: TlsKeys;
    fetch(request: Request, server: BunHttpServer): Promise<Response>;
  }): BunHttpServer;
};

interface BunHttpServer {
  readonly hostname: string;
  readonly port: number;
  requestIP(request: Request): { address: string } | null;
  timeout(request: Request, seconds: number): void;
  stop(): Promise<void>;
}

/** A request of Bun: its streams go by the direct way, and are never cut for being idle. */
class BunServerRequest extends WebServerRequest {
  readonly #server: BunHttpServer;

  constructor(request: Request, server: BunHttpServer) {
    super(request);
    this.#server = server;
  }

  override get remoteAddr(): string | undefined {
    return this.#server.requestIP(this.request)?.address;
  }

  override respond(response: Response): void {
    super.respond(response);
    if (response.body !== null) this.#server.timeout(this.request, 0);
  }

  override openStream({ status, headers }: ResponseHead): ByteSink {
    const sink = new BunSink();
    this.respond(new Response(sink.body, { status, headers }));
    return sink;
  }
}

/** The server of Bun. */
export class BunServer implements Server {
  static readonly type = "bun" as const;
  readonly #handler: RequestHandler;
  readonly #options: ListenOptions;
  #server: BunHttpServer | undefined;

  constructor(handler: RequestHandler, options: ListenOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  async listen(): Promise<ServerAddress> {
    const { hostname = "0.0.0.0", port = 0 } = this.#options;
    try {
      const tls = readTlsKeys(this.#options);
      this.#server = Bun.serve({
        hostname,
        port,
        idleTimeout: IDLE_TIMEOUT_SECONDS,
        ...(tls === undefined ? {} : { tls }),
        fetch: (request, server) => this.#fetch(request, server),
      });
      return { hostname: this.#server.hostname, port: this.#server.port };
    } catch (error) {
      throw new ListenError(hostname, port, error);
    }
  }

  async close(): Promise<void> {
    await this.#server?.stop();
  }

  #fetch(request: Request, server: BunHttpServer): Promise<Response> {
    const serverRequest = new BunServerRequest(request, server);
    void this.#handler(serverRequest);
    return serverRequest.safeResponse;
  }
}
