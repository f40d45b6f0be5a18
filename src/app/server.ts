/**
 * The port between an application and what listens for it.
 *
 * @module
 */

import type { ServerRequest } from "./server-request.ts";

/** A certificate chain and its private key, as PEM text. */
export interface TlsKeys {
  cert: string;
  key: string;
}

/** Where a server listens, and how. Durations are in milliseconds. */
export interface ListenOptions {
  /**
   * The address to listen on.
   *
   * @default "0.0.0.0"
   */
  hostname?: string;
  /**
   * The port; 0 lets the system choose.
   *
   * @default 0
   */
  port?: number;
  /** The path of a Unix domain socket to listen on, instead of an address and a port. */
  path?: string;
  /**
   * Whether several processes may listen on the port, and share what comes. On Node from 22.12, on Deno with
   * `--unstable-net`.
   *
   * @default false
   */
  reusePort?: boolean;
  /** Ends the listening: no new connection, the streams closed, the requests under way finished. */
  signal?: AbortSignal;
  /**
   * How long the end may take: what is under way then is cut off. 0 cuts at once.
   *
   * @default 30000
   */
  shutdownTimeoutMs?: number;
  /** Whether to speak TLS; `cert` and `key` are then needed. */
  secure?: boolean;
  /** The certificate chain, as PEM text. */
  cert?: string;
  /** The private key, as PEM text. */
  key?: string;
  /**
   * Whether to speak HTTP/2. With TLS the client chooses, unless this is `false`; without TLS `true` means
   * HTTP/2 alone, with prior knowledge (h2c). Node only: elsewhere it is the runtime's own choice.
   *
   * @default true with TLS, false without
   */
  http2?: boolean;
  /** How long a client may take to send the head of a request; 0 for ever. Node only. @default 60000 */
  headersTimeoutMs?: number;
  /** How long a client may take to send a whole request; 0 for ever. Node only. @default 300000 */
  requestTimeoutMs?: number;
  /** How long a connection is kept for a next request; 0 for ever. Node only. @default 5000 */
  keepAliveTimeoutMs?: number;
  /**
   * How long a connection may be silent while a request is under way; 0 for ever. An event stream is never cut
   * for it. Node and Bun (whole seconds there, 255 at most).
   *
   * @default 0 on Node, 255000 on Bun
   */
  idleTimeoutMs?: number;
}

/** Where a server does listen. */
export interface ServerAddress {
  /** The address; on a Unix domain socket its path. */
  hostname: string;
  /** The real port; 0 on a Unix domain socket. */
  port: number;
}

/** What listens. */
export interface Listener {
  readonly addr: ServerAddress;
  /**
   * Gives new connections another certificate, while old ones go on with theirs. Not there where the runtime
   * can't, or nothing speaks TLS. Throws a `TypeError` for keys that are none.
   */
  replaceTlsKeys?(keys: TlsKeys): void;
}

/** Which server listens. */
export type ServerType = "native" | "node" | "bun" | "custom";

/** Handles one request: at once, or until its promise resolves, which never rejects. */
export type RequestHandler = (request: ServerRequest) => void | Promise<void>;

/**
 * PORT. Listens, and hands each request to its handler.
 *
 * Called by `Application.listen`: `listen` once, then `close` once, then perhaps `abort`. A server may be an
 * async iterable of its requests instead of calling the handler, as oak's servers are.
 */
export interface Server {
  /** Resolves once connections are taken. Rejects with a `ListenError`. */
  listen(handler: RequestHandler): Listener | Promise<Listener>;
  /** Takes no new connection from now on; resolves when the last one has ended. Never rejects. */
  close(): void | Promise<void>;
  /** Cuts off what is still connected, as far as the runtime can. */
  abort?(): void;
  [Symbol.asyncIterator]?(): AsyncIterator<ServerRequest>;
}

/** What makes a {@linkcode Server} for an application. Its constructor does not listen yet. */
export interface ServerConstructor {
  // biome-ignore lint/suspicious/noExplicitAny: the application is of the server's own concern
  new (application: any, options: ListenOptions): Server;
  readonly type?: ServerType;
}

/** The options of a server without TLS. */
export type ListenOptionsBase = ListenOptions & { secure?: false };

/** The options of a server with TLS. */
export type ListenOptionsTls = ListenOptions & { secure: true; port: number };
