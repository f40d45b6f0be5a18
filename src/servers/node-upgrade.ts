/**
 * Requests of Node that ask for another protocol. Node takes its hands off their connections, so that who does
 * not want the other protocol has to answer by himself.
 *
 * @module
 */

import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A connection whose client asks for another protocol, as Node hands it over. */
export interface NodeUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request. */
  readonly head: Buffer;
}

/** Whether a request can only be meant as the beginning of a WebSocket. */
export function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  return method === "GET" && !hasBody && headers.upgrade?.toLowerCase() === "websocket";
}

/**
 * Gives a response for the connection of `upgrade`, which ends with it; `undefined` when the connection is still busy
 * with one before, and was cut.
 */
export function openResponse({ request, socket }: NodeUpgrade): ServerResponse | undefined {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // A reset is told by the end of the connection.
  socket.on("error", () => undefined);
  try {
    response.assignSocket(socket as Socket);
  } catch {
    // An answer is owed on this connection, and behind it there is no place for another protocol.
    socket.destroy();
    return undefined;
  }
  response.once("finish", () => socket.end());
  return response;
}

/**
 * Gives the bytes with which the connection of `upgrade` is to be begun again, so that Node takes it for an
 * ordinary request: all that was read of it, without the header that asks.
 *
 * @see RFC 9110, section 7.8: a server may ignore it
 */
export function withoutUpgrade({ request, head }: NodeUpgrade): Buffer {
  const { method, url, httpVersion, rawHeaders } = request;
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== "upgrade") text += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  }
  return Buffer.concat([Buffer.from(`${text}\r\n`, "latin1"), head]);
}
