/**
 * oak 14, the newest that npm has, on Deno. It listens by its server for Node there, and says port 0 of any port, so
 * that one is chosen for it.
 *
 * @module
 */

import { type AddressInfo, createServer } from "node:net";
import { Application, Router, send } from "@oakserver/oak";
import { GREETING, ROUTES } from "../../http-workloads.ts";
import { announce, ROOT } from "./announce.ts";

const router = new Router();

for (const n of ROUTES) {
  router.get(`/r${n}/items/:id`, (ctx) => {
    ctx.response.body = ctx.params.id;
  });
}
router.get("/", (ctx) => {
  ctx.response.body = GREETING;
});
router.post("/json", async (ctx) => {
  ctx.response.body = await ctx.request.body.json();
});
router.get("/file.bin", async (ctx) => {
  await send(ctx, ctx.request.url.pathname, { root: ROOT });
});

const app = new Application();
app.use(router.routes());

const probe = createServer();
probe.listen(0, "127.0.0.1", () => {
  const { port } = probe.address() as AddressInfo;
  probe.close(() => {
    app.addEventListener("listen", () => announce(port));
    void app.listen({ hostname: "127.0.0.1", port });
  });
});
