import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { RawClient } from "../support/raw-client.ts";
import { quietApp, serve } from "../support/serving.ts";

// Longer than any of the runtimes' own patience with a connection that says nothing: Bun's is 10 s, Node's 5 s.
const SILENCE_MS = 13_000;

test("an idle stream is not cut by the server, without a heartbeat either", async () => {
  const app = quietApp();
  let target: ServerSentEventStreamTarget | undefined;
  app.use((ctx) => {
    target = ctx.sendEvents({ keepAlive: false });
  });
  const { port, stop } = await serve(app);
  const client = await RawClient.get(port, "/");
  await client.until("\r\n\r\n");
  await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
  assert.equal(target?.dispatchMessage("still here"), true);
  await client.until("data: still here\n\n");
  client.destroy();
  await stop();
});

test("a quiet stream beats, by a comment line alone", async () => {
  const app = quietApp();
  app.use((ctx) => void ctx.sendEvents({ keepAlive: 20 }));
  const { port, stop } = await serve(app);
  const client = await RawClient.get(port, "/", [], "1.0");
  await client.until(/\r\n\r\n(?::[^\n]*\n){4}/);
  client.destroy();
  await stop();
});
