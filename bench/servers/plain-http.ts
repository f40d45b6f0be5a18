/**
 * The baseline: `node:http` alone, each event encoded once and written to every response.
 *
 * @module
 */

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serveContender } from "./contender.ts";
import { formatTick } from "./tick.ts";

const responses = new Set<ServerResponse>();

const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  responses.add(response);
  response.on("close", () => responses.delete(response));
});

await serveContender({
  async listen() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },

  publish(tick) {
    const frame = Buffer.from(formatTick(tick));
    for (const response of responses) response.write(frame);
  },

  async pour(ticks) {
    const [response] = responses;
    if (response === undefined) throw new TypeError("Cannot pour events: no stream is open");
    for await (const tick of ticks) {
      if (!response.write(formatTick(tick))) await once(response, "drain");
    }
    response.end();
  },
});
