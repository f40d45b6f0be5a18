/**
 * A site of files: pages without their `.html`, a page of its own for what is not there.
 *
 * ```sh
 * node --conditions=dodona-source --import tsx examples/static-site.ts # PORT=... for another than 8003
 * curl -i http://127.0.0.1:8003/about
 * curl -i -H 'Range: bytes=-20' http://127.0.0.1:8003/style.css
 * ```
 *
 * Put `style.css.br`, `.zst` or `.gz` beside `style.css`, and a client that takes it gets that.
 *
 * @module
 */

import process from "node:process";
import { Application, staticFiles } from "dodona";

const root = new URL("site/", import.meta.url);

const app = new Application();
app.use(staticFiles({ root, extensions: ["html"], cacheControl: "no-cache" }));
app.use(async (ctx) => {
  ctx.response.status = 404;
  await ctx.send({ root, path: "404.html", cacheControl: "no-store" });
});
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`Listening on http://${hostname}:${port}/`);
});

const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
const port = Number(process.env.PORT ?? 8003);
await app.listen({ hostname: "127.0.0.1", port, signal: controller.signal });
