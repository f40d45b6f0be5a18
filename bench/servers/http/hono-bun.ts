/** Hono on Bun. @module */

import { serveStatic } from "hono/bun";
import { announce, ROOT } from "./announce.ts";
import { makeHonoApp } from "./hono-app.ts";

declare const Bun: {
  serve(options: { hostname: string; port: number; fetch(request: Request): Response | Promise<Response> }): {
    port: number;
  };
};

const app = makeHonoApp();
app.use("/file.bin", serveStatic({ root: ROOT }));
announce(Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch }).port);
