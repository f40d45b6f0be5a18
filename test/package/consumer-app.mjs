/**
 * A small application as a user writes it: it is copied beside the unpacked package, and run on each runtime.
 *
 * @module
 */

import { Application, Router, ServerSentEvent } from "dodona";

const router = new Router();
const ending = new AbortController();

router.get("/hello/:name", (ctx) => {
  ctx.response.body = { hello: ctx.params.name };
});

router.get("/events", (ctx) => {
  const target = ctx.sendEvents({ retry: 2000 });
  target.dispatchEvent(new ServerSentEvent("count", { from: target.lastEventId }, { id: "8" }));
  target.dispatchMessage("hello");
});

router.get("/end", (ctx) => {
  ctx.response.body = "ending";
  ending.abort();
});

const app = new Application();
app.use(router.routes(), router.allowedMethods());
app.addEventListener("listen", ({ port }) => console.log(`port ${port}`));
await app.listen({ hostname: "127.0.0.1", port: 0, signal: ending.signal });
console.log("ended");
