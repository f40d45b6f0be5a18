/** This package. @module */

import { importDodona } from "../../dodona.ts";
import { GREETING, ROUTES } from "../../http-workloads.ts";
import { announce, ROOT } from "./announce.ts";

const { Application, Router } = await importDodona();
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
router.get("/file.bin", (ctx) => ctx.send({ root: ROOT }));

const app = new Application();
app.use(router.routes());
app.addEventListener("listen", ({ port }) => announce(port));
await app.listen({ hostname: "127.0.0.1", port: 0 });
