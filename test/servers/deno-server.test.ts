import assert from "node:assert/strict";
import { test } from "node:test";
import { DenoServer } from "../../src/servers/deno-server.ts";
import { RawClient } from "../support/raw-client.ts";
import { quietApp } from "../support/serving.ts";

const skip = "Deno" in globalThis ? false : "it listens on Deno";

/** The slice of Deno that is used here. */
declare const Deno: {
  serve(
    options: { port: number; hostname: string; onListen(): void },
    handler: (request: Request, info: unknown) => Promise<Response>,
  ): { addr: { port: number }; shutdown(): Promise<void> };
};

test("it is the native server", () => {
  assert.equal(DenoServer.type, "native");
});

test("an application's fetch serves under Deno.serve, and knows the client", { skip }, async () => {
  const app = quietApp();
  app.use((ctx) => {
    if (ctx.request.url.pathname === "/ip") ctx.response.body = ctx.request.ip;
    else ctx.sendEvents().dispatchMessage("hello");
  });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => undefined }, app.fetch);
  assert.equal(await (await fetch(`http://127.0.0.1:${server.addr.port}/ip`)).text(), "127.0.0.1");
  const client = await RawClient.get(server.addr.port, "/");
  await client.until("data: hello\n\n");
  client.destroy();
  await server.shutdown();
});
