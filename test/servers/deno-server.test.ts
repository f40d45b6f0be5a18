import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerRequest } from "../../src/app/server-request.ts";
import { DenoServer } from "../../src/servers/deno-server.ts";
import { RawClient } from "../support/raw-client.ts";
import { answer, listenWith } from "../support/runtime-server.ts";
import { eventually, quietApp } from "../support/serving.ts";

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

test("whoever waits when the server is cut off gets a 503, whoever was answered meanwhile", {
  skip,
}, async () => {
  const waiting = new Map<string, ServerRequest>();
  const { server, port } = await listenWith((request) => void waiting.set(request.url, request));
  const paths = ["/a", "/b", "/c", "/d", "/e"];
  const clients: RawClient[] = [];
  for (const [index, path] of paths.entries()) {
    clients.push(await RawClient.get(port, path));
    await eventually(() => waiting.size === index + 1);
  }
  const statusOf = async (index: number) => {
    await clients[index]?.until("\r\n\r\n");
    return clients[index]?.head.slice(9, 12);
  };
  // The first, one in the middle, the last of those that are left.
  for (const index of [0, 2, 4]) {
    const request = waiting.get(paths[index] ?? "");
    assert.ok(request !== undefined);
    answer(request, "answered");
    assert.equal(await statusOf(index), "200");
  }
  const closed = server.close();
  server.abort();
  assert.deepEqual([await statusOf(1), await statusOf(3)], ["503", "503"]);
  for (const client of clients) client.destroy();
  await closed;
});
