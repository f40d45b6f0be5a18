/**
 * One node of several: a process with a channel whose log is at a broker. `GET /events` follows it, POST publishes what
 * it brings, once for each body. Prints `port N`.
 *
 * Arguments: `redis` or `nats`, the broker's port, and how many events the node keeps in memory.
 *
 * @module
 */

import process from "node:process";
import { Application } from "dodona";
import { Channel } from "dodona/channel";
import { openNatsNode } from "./nats-nodes.ts";
import { openRedisNode } from "./redis-nodes.ts";

const [kind, port, events = "10000"] = process.argv.slice(2);
// What was lost with a connection is published again soon.
const options = { publishTimeoutMs: 1000 };
const { broker } = await (kind === "nats"
  ? openNatsNode(Number(port), options)
  : openRedisNode("redis", Number(port), options));
const channel = new Channel<{ word: string }>("words", { broker, history: { events: Number(events) } });
const app = new Application();
app.use(async (ctx) => {
  if (ctx.request.method === "POST") {
    const word = await ctx.request.body.text();
    ctx.response.body = await channel.publish("word", word, { idempotencyKey: word.slice(0, 200) });
  } else {
    await channel.stream(ctx);
  }
});
app.addEventListener("listen", (event) => console.log(`port ${event.port}`));
await app.listen({ hostname: "127.0.0.1", port: 0 });
