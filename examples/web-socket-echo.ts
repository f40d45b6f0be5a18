/**
 * A WebSocket that says back whatever it is told, and a page to try it.
 *
 * ```sh
 * node --conditions=dodona-source --import tsx examples/web-socket-echo.ts # PORT=... for another than 8006
 * ```
 *
 * @module
 */

import process from "node:process";
import { Application, Router } from "dodona";

const PAGE = `<!DOCTYPE html>
<title>Echo</title>
<input placeholder="Say something, and press Enter" size="40">
<pre></pre>
<script>
  const socket = new WebSocket(location.href.replace(/^http/, "ws") + "echo");
  const show = (line) => document.querySelector("pre").append(line + "\\n");
  socket.onmessage = ({ data }) => show(data);
  socket.onclose = ({ code }) => show("closed with " + code);
  document.querySelector("input").onchange = ({ target }) => {
    socket.send(target.value);
    target.value = "";
  };
</script>
`;

const router = new Router();

router.get("/", (ctx) => {
  ctx.response.body = PAGE;
});

router.add("GET", "/echo", (ctx) => {
  if (!ctx.isUpgradable) {
    const headers = new Headers({ connection: "upgrade", upgrade: "websocket" });
    ctx.throw(426, "This path speaks WebSocket", { headers });
  }
  // A page of any site can open a socket to any other, with its visitor's cookies: see that it is yours.
  const origin = ctx.request.headers.get("origin");
  if (origin !== null && origin !== ctx.request.url.origin) ctx.throw(403, "This socket is for its own page");
  const socket = ctx.upgrade();
  socket.addEventListener("message", ({ data }) => socket.send(data));
  socket.addEventListener("close", ({ code }) => console.log(`Closed with ${code}`));
});

const app = new Application();
app.use(router.routes(), router.allowedMethods());
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`Listening on http://${hostname}:${port}/`);
});

const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
const port = Number(process.env.PORT ?? 8006);
await app.listen({ hostname: "127.0.0.1", port, signal: controller.signal });
