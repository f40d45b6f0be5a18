/** The slices of Deno and Bun that are used here. */
interface Runtimes {
  Deno?: {
    serve(
      options: { hostname: string; port: number; onListen(): void },
      handler: (request: Request) => Promise<Response>,
    ): { addr: { port: number }; shutdown(): Promise<void> };
  };
  Bun?: {
    serve(options: { hostname: string; port: number; fetch: (request: Request) => Promise<Response> }): {
      port: number;
      stop(force: boolean): Promise<void>;
    };
  };
}

/** Listens with the runtime's own server, by itself; `stop` ends it. */
export function serveFetch(handler: (request: Request) => Promise<Response>): {
  port: number;
  stop(): Promise<void>;
} {
  const { Deno, Bun } = globalThis as Runtimes;
  const place = { hostname: "127.0.0.1", port: 0 };
  if (Deno !== undefined) {
    const server = Deno.serve({ ...place, onListen: () => undefined }, handler);
    return { port: server.addr.port, stop: () => server.shutdown() };
  }
  if (Bun === undefined) throw new Error("Node has no server for fetch handlers");
  const server = Bun.serve({ ...place, fetch: handler });
  return { port: server.port, stop: () => server.stop(true) };
}

/** The reason why a test of the servers of Deno and Bun does not run on Node. */
export const skipOnNode: string | false =
  "Deno" in globalThis || "Bun" in globalThis ? false : "Node has no server for fetch handlers";
