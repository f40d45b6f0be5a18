import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { skipUnlessNode as skip } from "../support/node-answering.ts";
import { RawClient } from "../support/raw-client.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";

test("a stream that waits behind another answer on its connection loses nothing", { skip }, async () => {
  const app = quietApp();
  let finish!: () => void;
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let target: ServerSentEventStreamTarget | undefined;
  app.use(async (ctx, next) => {
    if (ctx.request.url.pathname !== "/slow") return next();
    await held;
    ctx.response.body = "slow answer";
  });
  app.use((ctx) => {
    target = ctx.sendEvents();
    target.dispatchMessage("early");
  });
  const { port, stop } = await serve(app);
  const client = await RawClient.open(port);
  client.send("GET /slow HTTP/1.1\r\nHost: test\r\n\r\nGET /events HTTP/1.1\r\nHost: test\r\n\r\n");
  await eventually(() => target !== undefined);
  assert.equal(target?.dispatchMessage("still waiting"), true);
  assert.equal(client.text, "");
  finish();
  await client.until("data: still waiting\n\n");
  target?.dispatchMessage("late");
  await client.until("data: late\n\n");
  const order = ["slow answer", "text/event-stream", "data: early", "data: still waiting", "data: late"];
  const places = order.map((text) => client.text.indexOf(text));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
  client.destroy();
  await eventually(() => target?.closed === true);
  await stop();
});

test("one connection serves a stream, and after its end the next request", { skip }, async () => {
  const app = quietApp();
  app.use(async (ctx) => {
    const target = ctx.sendEvents();
    target.dispatchMessage(ctx.request.url.pathname);
    await target.close();
  });
  const { port, stop } = await serve(app);
  const client = await RawClient.open(port);
  for (const path of ["/one", "/two", "/three"]) {
    client.send(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
    await client.until(new RegExp(`data: ${path}\n\n\r\n0\r\n\r\n$`));
  }
  client.destroy();
  await stop();
});
