/** `Deno.serve` by hand. @module */

import { GREETING, ROUTES } from "../../http-workloads.ts";
import { announce, ROOT } from "./announce.ts";

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(address: { port: number }): void },
    fetch: (request: Request) => Response | Promise<Response>,
  ): void;
  open(path: string): Promise<{ stat(): Promise<{ size: number }>; readable: ReadableStream<Uint8Array> }>;
};

const prefixes = new Set(ROUTES.map((n) => `/r${n}/items/`));

async function answer(request: Request, path: string): Promise<Response> {
  if (path === "/json") return Response.json(await request.json());
  if (path !== "/file.bin") return new Response(null, { status: 404 });
  const file = await Deno.open(`${ROOT}/file.bin`);
  const { size } = await file.stat();
  const headers = { "content-type": "application/octet-stream", "content-length": String(size) };
  return new Response(file.readable, { headers });
}

Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => announce(port) }, (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/") return new Response(GREETING);
  const slash = pathname.lastIndexOf("/") + 1;
  if (prefixes.has(pathname.slice(0, slash))) return new Response(pathname.slice(slash));
  return answer(request, pathname);
});
