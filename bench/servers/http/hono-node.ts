/** Hono on `@hono/node-server`. @module */

import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { announce, ROOT } from "./announce.ts";
import { makeHonoApp } from "./hono-app.ts";

const app = makeHonoApp();
app.use("/file.bin", serveStatic({ root: ROOT }));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => announce(port));
