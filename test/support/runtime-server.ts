import type { Listener, ListenOptions, RequestHandler } from "../../src/app/server.ts";
import type { ServerRequest } from "../../src/app/server-request.ts";
import type { ListeningServer } from "../../src/servers/listening-server.ts";

/** The runtime that runs the tests. */
export const runtime: "node" | "deno" | "bun" =
  "Bun" in globalThis ? "bun" : "Deno" in globalThis ? "deno" : "node";

/** The runtime's own server, without an application. */
export async function runtimeServer(): Promise<
  new (
    application: unknown,
    options?: ListenOptions,
  ) => ListeningServer
> {
  if (runtime === "bun") return (await import("../../src/servers/bun-server.ts")).BunServer;
  if (runtime === "deno") return (await import("../../src/servers/deno-server.ts")).DenoServer;
  return (await import("../../src/servers/node-server.ts")).NodeServer;
}

/** A server that listens on a free port of this machine. */
export interface Listens {
  server: ListeningServer;
  listener: Listener;
  port: number;
}

/** Listens with the runtime's own server; what `handle` throws is the request's error. */
export async function listenWith(
  handle: (request: ServerRequest) => void | Promise<void>,
  options: ListenOptions = {},
): Promise<Listens> {
  const Server = await runtimeServer();
  const server = new Server(undefined, { hostname: "127.0.0.1", port: 0, ...options });
  const handler: RequestHandler = async (request) => {
    try {
      await handle(request);
    } catch (error) {
      request.error(error);
    }
  };
  const listener = await server.listen(handler);
  return { server, listener, port: listener.addr.port };
}

/** Answers with text, by the way that every server offers. */
export function answer(request: ServerRequest, text: string, status = 200): void {
  const headers: [string, string][] = [["content-type", "text/plain"]];
  if (request.respondPlain === undefined) void request.respond(new Response(text, { status, headers }));
  else request.respondPlain({ status, headers }, text);
}
