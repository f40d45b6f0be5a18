import assert from "node:assert/strict";
import { test } from "node:test";
import { BunServer } from "../../src/servers/bun-server.ts";
import { RawClient } from "../support/raw-client.ts";
import { eventually, quietApp } from "../support/serving.ts";

const skip = "Bun" in globalThis ? false : "it listens on Bun";

/** The slice of Bun that is used here. */
declare const Bun: {
  serve(options: { port: number; hostname: string; fetch: (request: Request) => Promise<Response> }): {
    port: number;
    stop(): Promise<void>;
  };
};

test("it is Bun's server", () => {
  assert.equal(BunServer.type, "bun");
});

test("an application's fetch serves under Bun.serve", { skip }, async () => {
  const app = quietApp();
  let closed = false;
  app.use((ctx) => {
    const target = ctx.sendEvents();
    target.addEventListener("close", () => {
      closed = true;
    });
    target.dispatchMessage("hello");
  });
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
  const client = await RawClient.get(server.port, "/");
  await client.until("data: hello\n\n");
  client.destroy();
  await eventually(() => closed);
  await server.stop();
});
