/**
 * Listens on Bun.
 *
 * @module
 */

import type { Listener, ListenOptions, RequestHandler, TlsKeys } from "../app/server.ts";
import type { FileHead, OpenFile, ResponseHead, UpgradeOptions } from "../app/server-request.ts";
import { formatHttpDate } from "../http/http-date.ts";
import type { ByteSink } from "../sse/byte-sink.ts";
import { systemClock } from "../sse/clock.ts";
import { BunFileWatch } from "./bun-file-watch.ts";
import { BunSink } from "./bun-sink.ts";
import {
  type BunConnection,
  type BunWebSocketHandlers,
  bunWebSockets,
  connectBunSocket,
} from "./bun-web-socket.ts";
import { ListeningServer } from "./listening-server.ts";
import { connectDiagnostics } from "./node-diagnostics.ts";
import { readTlsKeys } from "./tls-keys.ts";
import { UpgradableRequest } from "./upgradable-request.ts";

/** The longest that Bun allows: a handler may think. A stream is freed of it altogether. */
const LONGEST_IDLE_TIMEOUT_MS = 255_000;

/** The slice of Bun that is used here. */
declare const Bun: {
  file(descriptor: number): Blob;
  serve(options: {
    hostname?: string;
    port?: number;
    unix?: string;
    reusePort?: boolean;
    idleTimeout: number;
    tls?: TlsKeys;
    websocket: BunWebSocketHandlers;
    fetch(request: Request, server: BunHttpServer): Response | Promise<Response>;
  }): BunHttpServer;
};

interface BunHttpServer {
  readonly hostname: string;
  readonly port: number;
  readonly protocol: string | null;
  /** `null` on a Unix domain socket, and for a request that is over. */
  requestIP(request: Request): { address: string } | null;
  timeout(request: Request, seconds: number): void;
  upgrade(request: Request, options: { data: BunConnection; headers?: Record<string, string> }): boolean;
  stop(closeActiveConnections?: boolean): Promise<void>;
}

/** A request of Bun: its streams go by the direct way, and are never cut for being idle. */
class BunServerRequest extends UpgradableRequest {
  readonly #server: BunHttpServer;
  readonly #isPlain: boolean;

  /** `isPlain` is for a server that listens over TCP, without TLS. */
  constructor(request: Request, server: BunHttpServer, isPlain: boolean) {
    super(request);
    this.#server = server;
    this.#isPlain = isPlain;
  }

  override get rawUrl(): string {
    const url = this.sentUrl;
    if (!url.startsWith("/")) return url;
    // Bun asks the kernel for the port, each time.
    const { protocol, port } = this.#server;
    return `${protocol ?? "http"}://localhost:${port ?? ""}${url}`;
  }

  override respond(response: Response): void {
    super.respond(response);
    if (response.body !== null) this.#server.timeout(this.request, 0);
  }

  /**
   * By its descriptor, Bun sends a file without its name, and the one that was opened. It answers `Range` itself, names
   * a type where there is none, and tells what the length is now; over TLS it cuts readers who are slow, and on a Unix
   * domain socket it does not say when it is done.
   */
  respondFile({ status, headers }: FileHead, file: OpenFile): Promise<void> | undefined {
    if (!this.#isPlain || status !== 200) return undefined;
    if (!headers.has("content-type") || this.request.headers.has("range")) return undefined;
    const content = Bun.file(file.descriptor);
    if (content.size !== file.size) return undefined;
    // After a wait Bun would send its own as four packets.
    if (!headers.has("date")) headers.set("date", formatHttpDate(Date.now()));
    super.respond(new Response(content, { headers }));
    return this.#watch(file);
  }

  async #watch(file: OpenFile): Promise<void> {
    const giveBack = file.borrow();
    file.close();
    const watch = new BunFileWatch({
      isOver: () => this.#server.requestIP(this.request) === null,
      cutAfter: (seconds) => this.#server.timeout(this.request, seconds),
    });
    systemClock.after(0, () => watch.beat());
    await watch.over;
    giveBack();
  }

  override openStream({ status, headers }: ResponseHead): ByteSink {
    const sink = new BunSink();
    this.respond(new Response(sink.body, { status, headers }));
    return sink;
  }

  /** It is how a body of unknown length would be sent. @see RFC 9112, section 6.1 */
  protected override withoutLength(response: Response): Response {
    const chunked = new Response(null, response);
    chunked.headers.set("transfer-encoding", "chunked");
    return chunked;
  }

  protected override readAddress(): string | undefined {
    return this.#server.requestIP(this.request)?.address;
  }

  protected override connect(options: UpgradeOptions): WebSocket {
    const { protocol } = options;
    const headers = protocol === undefined ? {} : { headers: { "sec-websocket-protocol": protocol } };
    const socket = connectBunSocket(options, (data) =>
      this.#server.upgrade(this.request, { data, ...headers }),
    );
    // Bun has answered by itself, and passes over what it is given after that.
    this.respond(new Response(null));
    return socket;
  }
}

/** The server of Bun. */
export class BunServer extends ListeningServer {
  static readonly type = "bun" as const;
  #server: BunHttpServer | undefined;

  constructor(_application: unknown, options: ListenOptions = {}) {
    super(options, LONGEST_IDLE_TIMEOUT_MS);
  }

  abort(): void {
    void this.#server?.stop(true);
  }

  protected override async start(handler: RequestHandler): Promise<Listener> {
    connectDiagnostics();
    const { hostname = "0.0.0.0", port = 0, path, reusePort = false } = this.options;
    const { idleTimeoutMs = LONGEST_IDLE_TIMEOUT_MS } = this.options;
    const tls = readTlsKeys(this.options);
    const isPlain = path === undefined && tls === undefined;
    const server = Bun.serve({
      ...(path === undefined ? { hostname, port, reusePort } : { unix: path }),
      ...(tls === undefined ? {} : { tls }),
      idleTimeout: Math.ceil(idleTimeoutMs / 1000),
      websocket: bunWebSockets,
      fetch: (request, bun) => {
        const serverRequest = new BunServerRequest(request, bun, isPlain);
        void handler(serverRequest);
        return serverRequest.answer ?? serverRequest.waitForAnswer();
      },
    });
    this.#server = server;
    return {
      addr:
        path === undefined ? { hostname: server.hostname, port: server.port } : { hostname: path, port: 0 },
    };
  }

  protected override async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
