/** The routes of Hono on any runtime. @module */

import { Hono } from "hono";
import { GREETING, ROUTES } from "../../http-workloads.ts";

/** Makes an application without the file. */
export function makeHonoApp(): Hono {
  const app = new Hono();
  for (const n of ROUTES) app.get(`/r${n}/items/:id`, (ctx) => ctx.text(ctx.req.param("id")));
  app.get("/", (ctx) => ctx.text(GREETING));
  app.post("/json", async (ctx) => ctx.json(await ctx.req.json()));
  return app;
}
