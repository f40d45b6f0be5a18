/**
 * Whether a request asks for a WebSocket.
 *
 * @module
 */

import { readHeader, type ServerRequest, type UpgradeOptions } from "../app/server-request.ts";

/** How long a peer may be silent unless something else is asked for, in seconds. */
export const DEFAULT_IDLE_TIMEOUT_SECONDS = 120;

/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/**
 * Throws a `TypeError` for a request that does not ask for a WebSocket of version 13, and for a subprotocol that
 * its client did not offer; a `RangeError` for an `idleTimeout` that is no number from 0 on.
 *
 * @see RFC 6455, section 4.2.1
 */
export function checkHandshake(request: ServerRequest, options: UpgradeOptions): void {
  const { protocol, idleTimeout = 0 } = options;
  if (!(idleTimeout >= 0 && Number.isFinite(idleTimeout))) {
    throw new RangeError(
      `Cannot upgrade the request: idleTimeout is "${idleTimeout}", not seconds from 0 on`,
    );
  }
  if (request.method !== "GET") refuse(`its method is "${request.method}", not "GET"`);
  demand(request, "upgrade", (value) => tokens(value).includes("websocket"));
  demand(request, "connection", (value) => tokens(value).includes("upgrade"));
  demand(request, "sec-websocket-key", (value) => KEY.test(value));
  demand(request, "sec-websocket-version", (value) => value === "13");
  if (protocol === undefined) return;
  const offered = readHeader(request, "sec-websocket-protocol") ?? "";
  if (!list(offered).includes(protocol)) {
    refuse(`the protocol "${protocol}" is none of those that the client offers, "${offered}"`);
  }
}

function demand(request: ServerRequest, name: string, holds: (value: string) => boolean): void {
  const value = readHeader(request, name);
  if (value === null) refuse(`it has no header "${name}"`);
  else if (!holds(value)) refuse(`its header "${name}" is "${value}"`);
}

function refuse(why: string): never {
  throw new TypeError(`Cannot upgrade the request: ${why}`);
}

function tokens(value: string): string[] {
  return list(value.toLowerCase());
}

function list(value: string): string[] {
  return value.split(",").map((one) => one.trim());
}
