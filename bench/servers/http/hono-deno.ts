/** Hono on Deno. @module */

import { serveStatic } from "hono/deno";
import { announce, ROOT } from "./announce.ts";
import { makeHonoApp } from "./hono-app.ts";

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(address: { port: number }): void },
    fetch: (request: Request) => Response | Promise<Response>,
  ): void;
};

const app = makeHonoApp();
app.use("/file.bin", serveStatic({ root: ROOT }));
Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => announce(port) }, app.fetch);
