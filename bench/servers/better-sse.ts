/**
 * better-sse: a session per request, and a channel that broadcasts to all of them. Each session
 * encodes each event; `iterate` takes from its source without regard to the reader.
 *
 * @module
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createChannel, createSession } from "better-sse";
import { serveContender } from "./contender.ts";
import type { Tick } from "./tick.ts";

const channel = createChannel();

const server = createServer(async (request, response) => {
  channel.register(await createSession(request, response));
});

await serveContender({
  async listen() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },

  publish(tick) {
    channel.broadcast(tick.data, tick.type, { eventId: tick.id });
  },

  async pour(ticks) {
    const [session] = channel.activeSessions;
    if (session === undefined) throw new TypeError("Cannot pour events: no stream is open");
    await session.iterate(dataOf(ticks), { eventName: "tick" });
  },
});

async function* dataOf(ticks: AsyncIterable<Tick>): AsyncGenerator<Tick["data"]> {
  for await (const tick of ticks) yield tick.data;
}
