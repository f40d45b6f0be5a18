/**
 * A service of ticks, for the tests of how it ends: prints `port N` when it listens, and ends at SIGTERM.
 *
 * Publishes a tick every 20 ms, numbered, as soon as it has as many readers as its argument says.
 *
 * @module
 */

import { Application } from "dodona";
import { Channel } from "dodona/channel";

const readers = Number(process.argv[2]);
const ticks = new Channel<{ tick: number }>("ticks");
const app = new Application({ events: { retryWindowMs: [1000, 3000] } });
app.use(async (ctx) => {
  await ticks.stream(ctx);
});
app.addEventListener("listen", ({ port }) => console.log(`port ${port}`));

let count = 0;
const timer = setInterval(() => {
  if (ticks.size < readers && count === 0) return;
  void ticks.publish("tick", ++count);
}, 20);

const controller = new AbortController();
process.once("SIGTERM", () => controller.abort());
await app.listen({ hostname: "127.0.0.1", port: 0, signal: controller.signal, shutdownTimeoutMs: 20_000 });
clearInterval(timer);
console.log(`ended after ${count}: ${JSON.stringify(app.metrics.streams)}`);
