/**
 * The port between an application and what listens for it.
 *
 * @module
 */

import type { ServerRequest } from "./server-request.ts";

/** Where a server listens, and how. */
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
  /** Ends the listening: no new connection, the streams closed, the requests under way finished. */
  signal?: AbortSignal;
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
}

/** Where a server does listen. */
export interface ServerAddress {
  hostname: string;
  port: number;
}

/** Which server listens. */
export type ServerType = "native" | "node" | "bun" | "custom";

/** Handles one request; resolves when it is through, and never rejects. */
export type RequestHandler = (request: ServerRequest) => Promise<void>;

/**
 * PORT. Listens, and hands each request to its handler.
 *
 * Called by `Application.listen`: `listen` once, then `close` once.
 */
export interface Server {
  /** Resolves with the real address once connections are taken. Rejects with a `ListenError`. */
  listen(): Promise<ServerAddress>;
  /** Takes no new connection from now on; resolves when the last one has ended. Never rejects. */
  close(): Promise<void>;
}

/** What makes a {@linkcode Server}. Its constructor does not listen yet. */
export interface ServerConstructor {
  new (handler: RequestHandler, options: ListenOptions): Server;
  readonly type?: ServerType;
}
