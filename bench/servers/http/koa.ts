/** Koa, with `@koa/router` and `koa-send`. It has no body parser of its own. @module */

import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import Router from "@koa/router";
import Koa, { type Context } from "koa";
import send from "koa-send";
import { GREETING, ROUTES } from "../../http-workloads.ts";
import { announce, ROOT } from "./announce.ts";

type RouteContext = Context & { readonly params: { readonly id?: string } };

const app = new Koa();
const router = new Router();

for (const n of ROUTES) {
  router.get(`/r${n}/items/:id`, (ctx: RouteContext) => {
    ctx.body = ctx.params.id;
  });
}
router.get("/", (ctx: RouteContext) => {
  ctx.body = GREETING;
});
router.post("/json", async (ctx: RouteContext) => {
  ctx.body = JSON.parse(await text(ctx.req));
});
router.get("/file.bin", (ctx: RouteContext) => send(ctx, ctx.path, { root: ROOT }));

app.use(router.routes());
const server = app.listen(0, "127.0.0.1", () => announce((server.address() as AddressInfo).port));
