/**
 * Makes the server of Node that a set of options asks for. Its module is loaded then: whoever speaks plain HTTP
 * does not wait for TLS and HTTP/2.
 *
 * @module
 */

import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import type { ListenOptions } from "../app/server.ts";
import { asksForWebSocket } from "./node-upgrade.ts";
import { readTlsKeys } from "./tls-keys.ts";

/** A server of Node that can change its certificate. */
export type SecureNodeListener = HttpsServer | Http2SecureServer;
/** A server of Node, of any of its three HTTP modules. */
export type NodeListener = HttpServer | Http2Server | SecureNodeListener;

/** How often Node looks for connections that are too slow, in milliseconds, unless one may be less slow. */
const LOOK_EVERY_MS = 30_000;

/** Makes a server. Rejects with a `TypeError` when one of the TLS keys is missing, and with Node's error for bad ones. */
export async function createNodeListener(options: ListenOptions): Promise<NodeListener> {
  const tls = readTlsKeys(options);
  const { http2 = tls !== undefined } = options;
  const limits = limitsOf(options);
  if (http2) {
    const { createServer, createSecureServer } = await import("node:http2");
    if (tls === undefined) return withIdleTimeout(createServer(), options);
    const server = createSecureServer({ allowHTTP1: true, ...hooks, ...tls });
    // Its options do not know them, though its HTTP/1 does.
    return withIdleTimeout(Object.assign(server, limits), options);
  }
  if (tls !== undefined) {
    const { createServer } = await import("node:https");
    return withIdleTimeout(createServer({ ...limits, ...hooks, ...tls }), options);
  }
  const { createServer } = await import("node:http");
  return withIdleTimeout(createServer({ keepAlive: true, ...limits, ...hooks }), options);
}

/** From Node 24.9 on a server may say which upgrades it wants. Before, they all come as upgrades. */
const hooks: { shouldUpgradeCallback(request: IncomingMessage): boolean } = {
  shouldUpgradeCallback: asksForWebSocket,
};

interface NodeLimits {
  headersTimeout: number;
  requestTimeout: number;
  keepAliveTimeout: number;
  connectionsCheckingInterval: number;
}

function limitsOf(options: ListenOptions): NodeLimits {
  const { headersTimeoutMs = 60_000, requestTimeoutMs = 300_000, keepAliveTimeoutMs = 5000 } = options;
  // Node refuses a head that may take longer than the whole.
  const headersTimeout =
    requestTimeoutMs > 0
      ? Math.min(headersTimeoutMs || requestTimeoutMs, requestTimeoutMs)
      : headersTimeoutMs;
  const shortest = Math.min(headersTimeout || LOOK_EVERY_MS, requestTimeoutMs || LOOK_EVERY_MS);
  return {
    headersTimeout,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(shortest, LOOK_EVERY_MS),
  };
}

function withIdleTimeout<Listening extends NodeListener>(
  server: Listening,
  options: ListenOptions,
): Listening {
  const { idleTimeoutMs = 0 } = options;
  if (idleTimeoutMs > 0) server.setTimeout(idleTimeoutMs);
  return server;
}
