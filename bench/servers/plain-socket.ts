/**
 * The cheapest loop there can be on Node: what a turn publishes is joined and put into its chunk once, and written to
 * every socket. It looks at no reader's pace, and keeps nothing.
 *
 * @module
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { serveContender } from "./contender.ts";
import { formatTick } from "./tick.ts";

const sockets = new Set<Socket>();
let frames: string[] = [];

const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  const { socket } = response;
  if (socket === null) return;
  sockets.add(socket);
  response.on("close", () => sockets.delete(socket));
});

await serveContender({
  async listen() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },

  publish(tick) {
    if (frames.push(formatTick(tick)) === 1) queueMicrotask(flush);
  },

  pour() {
    throw new TypeError("Cannot pour events: it writes what others have encoded");
  },
});

function flush(): void {
  const text = frames.join("");
  frames = [];
  const chunk = Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  for (const socket of sockets) socket.write(chunk);
}
