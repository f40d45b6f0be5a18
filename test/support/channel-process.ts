/**
 * A process of its own with one channel: GET follows it, POST publishes what it brings. Prints `port N`.
 *
 * @module
 */

import { Application } from "dodona";
import { Channel } from "dodona/channel";

const channel = new Channel<{ word: string }>("words");
const app = new Application();
app.use(async (ctx) => {
  if (ctx.request.method === "POST") {
    ctx.response.body = await channel.publish("word", await ctx.request.body.text());
  } else {
    await channel.stream(ctx);
  }
});
app.addEventListener("listen", ({ port }) => console.log(`port ${port}`));
await app.listen({ hostname: "127.0.0.1", port: 0 });
