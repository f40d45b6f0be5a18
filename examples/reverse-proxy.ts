/**
 * A proxy in front of another server, whose event stream passes through event by event.
 *
 * ```sh
 * node --conditions=dodona-source --import tsx examples/reverse-proxy.ts # PORT=... for another than 8004
 * curl -N http://127.0.0.1:8004/api/clock
 * ```
 *
 * `UPSTREAM=http://...` names the server behind it; without that, one is started here.
 *
 * @module
 */

import process from "node:process";
import { Application, proxy, Router } from "dodona";

const controller = new AbortController();
const { signal } = controller;
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());

const upstream = process.env.UPSTREAM ?? (await startUpstream());

const router = new Router();
router.get("/", (ctx) => {
  ctx.response.body = "Ask for /api/clock";
});

const app = new Application();
// The last: after its answer the proxy calls `next` too.
app.use(router.routes(), proxy(upstream, { match: "/api/" }));
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`Passing http://${hostname}:${port}/api/ on to ${upstream}`);
});
await app.listen({ hostname: "127.0.0.1", port: Number(process.env.PORT ?? 8004), signal });

/** Starts the server behind the proxy, and gives its address. */
function startUpstream(): Promise<string> {
  const clock = new Router();
  clock.get("/api/clock", (ctx) => {
    const target = ctx.sendEvents();
    const timer = setInterval(() => target.dispatchMessage(new Date()), 1000);
    target.dispatchMessage(`for ${ctx.request.headers.get("x-forwarded-for")}`);
    target.signal.addEventListener("abort", () => {
      clearInterval(timer);
      console.log("Upstream: the reader left");
    });
  });
  const behind = new Application();
  behind.use(clock.routes(), clock.allowedMethods());
  return new Promise((resolve, reject) => {
    behind.addEventListener("listen", ({ port }) => resolve(`http://127.0.0.1:${port}`));
    behind.listen({ hostname: "127.0.0.1", signal }).catch(reject);
  });
}
