/** `Bun.serve` by hand. @module */

import { GREETING, ROUTES } from "../../http-workloads.ts";
import { announce, ROOT } from "./announce.ts";

declare const Bun: {
  serve(options: { hostname: string; port: number; fetch(request: Request): Response | Promise<Response> }): {
    port: number;
  };
  file(path: string): Blob;
};

const prefixes = new Set(ROUTES.map((n) => `/r${n}/items/`));

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response(GREETING);
    if (pathname === "/json") return request.json().then((value) => Response.json(value));
    if (pathname === "/file.bin") return new Response(Bun.file(`${ROOT}/file.bin`));
    const slash = pathname.lastIndexOf("/") + 1;
    if (prefixes.has(pathname.slice(0, slash))) return new Response(pathname.slice(slash));
    return new Response(null, { status: 404 });
  },
});
announce(server.port);
