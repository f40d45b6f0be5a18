/**
 * Listens on Deno.
 *
 * @module
 */

import type { Listener, ListenOptions, RequestHandler } from "../app/server.ts";
import type { FileHead, OpenFile, UpgradeOptions } from "../app/server-request.ts";
import type { ClientInfo } from "../app/web-server-request.ts";
import { ListeningServer } from "./listening-server.ts";
import { readTlsKeys } from "./tls-keys.ts";
import { UpgradableRequest } from "./upgradable-request.ts";
import { DEFAULT_IDLE_TIMEOUT_SECONDS } from "./web-socket-handshake.ts";

/** The slice of Deno that is used here. */
declare const Deno: {
  serve(
    options: {
      hostname?: string;
      port?: number;
      path?: string;
      reusePort?: boolean;
      cert?: string;
      key?: string;
      signal: AbortSignal;
      onListen(): void;
    },
    handler: (request: Request, info: ClientInfo) => Response | Promise<Response>,
  ): DenoHttpServer;
  upgradeWebSocket(
    request: Request,
    options: { protocol?: string; idleTimeout: number },
  ): { socket: WebSocket; response: Response };
  openSync(path: string): DenoFile;
  /** There with the flag `--unstable-net` alone. */
  listenDatagram?: unknown;
};

interface DenoHttpServer {
  /** On a Unix domain socket it is the path alone. */
  readonly addr: { hostname: string; port: number } | { path: string };
  shutdown(): Promise<void>;
}

interface DenoFile {
  /** Closes the file at its end, and when it is cancelled. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  statSync(): { dev: number; ino: number | null; size: number };
  close(): void;
}

const UNIX_SCHEME = "http+unix:";

/** A request of Deno, with Deno's own WebSockets. */
class DenoServerRequest extends UpgradableRequest {
  /** Where it is among those that wait for their answer. */
  place = 0;
  readonly #info: ClientInfo;

  constructor(request: Request, info: ClientInfo) {
    super(request, info);
    this.#info = info;
  }

  /** On a Unix domain socket Deno's has a scheme that is none of HTTP. */
  override get rawUrl(): string {
    const url = this.sentUrl;
    return url.startsWith(UNIX_SCHEME) ? `http:${url.slice(UNIX_SCHEME.length)}` : url;
  }

  /** Of a file that Deno has opened, no chunk comes through JavaScript. */
  respondFile(head: FileHead, file: OpenFile): Promise<void> | undefined {
    const same = openSame(file);
    if (same === undefined) return undefined;
    try {
      this.respond(new Response(same.readable, head));
    } catch (error) {
      same.close();
      throw error;
    }
    file.close();
    return Promise.resolve(this.#info.completed).catch(() => undefined);
  }

  /** Of a body that flows, Deno does not know the length either. */
  protected override withoutLength(response: Response): Response {
    const nothing = new ReadableStream({ start: (controller) => controller.close() });
    return new Response(nothing, response);
  }

  protected override connect({
    protocol,
    idleTimeout = DEFAULT_IDLE_TIMEOUT_SECONDS,
  }: UpgradeOptions): WebSocket {
    this.#readAll();
    const { socket, response } = Deno.upgradeWebSocket(this.request, {
      ...(protocol === undefined ? {} : { protocol }),
      idleTimeout,
    });
    // The standard's default, which Deno's server sockets do not have; nor do they know their protocol.
    socket.binaryType = "blob";
    Object.defineProperty(socket, "protocol", { value: protocol ?? "", configurable: true });
    this.respond(response);
    return socket;
  }

  /** Deno forgets what was not read of a request when its connection becomes a WebSocket. */
  #readAll(): void {
    const { request } = this;
    void [request.url, request.method, ...request.headers];
  }
}

/** Opens `file` anew, if it is what stands at its path, and as large as it was. */
function openSame({ path, device, inode, size }: OpenFile): DenoFile | undefined {
  let file: DenoFile;
  try {
    file = Deno.openSync(path);
  } catch {
    // It is there no more; whoever has it open can still read it.
    return undefined;
  }
  const stat = file.statSync();
  if (stat.dev === device && stat.ino === inode && stat.size === size) return file;
  file.close();
  return undefined;
}

/** The server of Deno. */
export class DenoServer extends ListeningServer {
  static readonly type = "native" as const;
  readonly #abort = new AbortController();
  readonly #pending: DenoServerRequest[] = [];
  #stopping = false;
  #server: DenoHttpServer | undefined;

  /** Throws a `TypeError` where a port is to be shared without the flag: Deno would end the process. */
  constructor(_application: unknown, options: ListenOptions = {}) {
    super(options);
    if (options.reusePort === true && Deno.listenDatagram === undefined) {
      throw new TypeError(`Cannot listen with reusePort: Deno needs its flag "--unstable-net"`);
    }
  }

  /**
   * Cuts off everything, unless the server is closing: then Deno can't, and each request that waits for its answer
   * gets a 503, while a response that flows goes on to its end.
   */
  abort(): void {
    if (!this.#stopping) this.#abort.abort();
    for (const request of [...this.#pending]) {
      request.respond(new Response(null, { status: 503, headers: { connection: "close" } }));
    }
  }

  protected override async start(handler: RequestHandler): Promise<Listener> {
    // Whoever imports this elsewhere has no use for Node's modules.
    (await import("./node-diagnostics.ts")).connectDiagnostics();
    const { hostname = "0.0.0.0", port = 0, path, reusePort = false } = this.options;
    const place = path === undefined ? { hostname, port, reusePort } : { path };
    const options = { ...place, ...readTlsKeys(this.options), signal: this.#abort.signal };
    this.#server = Deno.serve({ ...options, onListen: () => undefined }, (request, info) => {
      const serverRequest = new DenoServerRequest(request, info);
      void handler(serverRequest);
      return serverRequest.answer ?? this.#wait(serverRequest);
    });
    const { addr } = this.#server;
    return {
      addr: "path" in addr ? { hostname: addr.path, port: 0 } : { hostname: addr.hostname, port: addr.port },
    };
  }

  /** Gives the answer that will come; while it does not, the request is pending. */
  #wait(request: DenoServerRequest): Promise<Response> {
    request.place = this.#pending.push(request) - 1;
    return request.waitForAnswer(() => this.#forget(request));
  }

  /** The last takes its place. */
  #forget(request: DenoServerRequest): void {
    const last = this.#pending.pop();
    if (last === undefined || last === request) return;
    this.#pending[request.place] = last;
    last.place = request.place;
  }

  protected override async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.#abort.signal.aborted) await this.#server?.shutdown();
  }
}
