/**
 * Hono's `streamSSE` on `@hono/node-server`. It has no broadcast: each stream encodes each event.
 *
 * @module
 */

import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { serveContender } from "./contender.ts";

const streams = new Set<SSEStreamingApi>();
const app = new Hono();

app.get("/", (context) =>
  streamSSE(context, (stream) => {
    streams.add(stream);
    // The stream ends when this promise settles.
    return new Promise((resolve) => {
      stream.onAbort(() => {
        streams.delete(stream);
        resolve();
      });
    });
  }),
);

await serveContender({
  listen() {
    return new Promise((resolve) => {
      serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (info: AddressInfo) => resolve(info.port));
    });
  },

  publish(tick) {
    const data = JSON.stringify(tick.data);
    // Not awaited: the slowest stream would hold back all others.
    for (const stream of streams) void stream.writeSSE({ event: tick.type, id: tick.id, data });
  },

  async pour(ticks) {
    const [stream] = streams;
    if (stream === undefined) throw new TypeError("Cannot pour events: no stream is open");
    for await (const tick of ticks) {
      await stream.writeSSE({ event: tick.type, id: tick.id, data: JSON.stringify(tick.data) });
    }
  },
});
