import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { RawClient } from "../support/raw-client.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";

test("the streams end first, the requests under way finish, then listen resolves and close is told", async () => {
  const app = quietApp();
  const order: string[] = [];
  let begun = false;
  let finish!: () => void;
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  app.use(async (ctx, next) => {
    if (ctx.request.url.pathname !== "/slow") return next();
    begun = true;
    await held;
    order.push("request");
    ctx.response.body = "done";
  });
  app.use((ctx) => {
    const target = ctx.sendEvents();
    target.addEventListener("close", (event) => order.push(`stream ${(event as CloseEvent).reason}`));
  });
  app.addEventListener("close", () => order.push("close"));
  const { port, stop } = await serve(app);
  const reader = await RawClient.get(port, "/stream");
  const slow = await RawClient.get(port, "/slow");
  await reader.until("\r\n\r\n");
  await eventually(() => begun);
  const stopped = stop().then(() => order.push("listen"));
  await eventually(() => order.includes("stream shutdown"));
  assert.deepEqual(order, ["stream shutdown"]);
  finish();
  await stopped;
  await slow.until(/\r\n\r\n(?:4\r\n)?done/);
  assert.deepEqual(order, ["stream shutdown", "request", "close", "listen"]);
  await reader.closed;
  await assert.rejects(RawClient.open(port), "nobody listens any more");
});

test("a handler that waits for its stream's end does not hang the shutdown", async () => {
  const app = quietApp();
  app.use(async (ctx) => {
    const { signal } = ctx.sendEvents();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  });
  const { port, stop } = await serve(app);
  const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.get(port, "/")));
  for (const client of clients) await client.until("\r\n\r\n");
  await stop();
  await Promise.all(clients.map(({ closed }) => closed));
});

test("a connection that is idle between requests does not hold the shutdown", async () => {
  const app = quietApp();
  app.use((ctx) => {
    ctx.response.body = "hello";
  });
  const { port, stop } = await serve(app);
  const client = await RawClient.get(port, "/");
  await client.until("hello");
  await stop();
  await client.closed;
});

test("a request on a connection that is open already, while all ends, is answered or refused, and nothing dies", async () => {
  const app = quietApp();
  let finish!: () => void;
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let requests = 0;
  app.use(async (ctx) => {
    requests++;
    if (ctx.request.url.pathname === "/slow") await held;
    ctx.response.body = "answered";
  });
  const { port, stop } = await serve(app);
  const slow = await RawClient.get(port, "/slow");
  const other = await RawClient.get(port, "/first");
  await other.until("answered");
  await eventually(() => requests === 2);
  const stopped = stop();
  other.send("GET /second HTTP/1.1\r\nHost: test\r\n\r\n");
  slow.send("GET /third HTTP/1.1\r\nHost: test\r\n\r\n");
  finish();
  await stopped;
  await slow.until("answered");
  await Promise.all([slow.closed, other.closed]);
});

test("nothing of a stream is left on the application", async () => {
  const app = quietApp();
  let listeners = 0;
  const add = app.addEventListener.bind(app) as EventTarget["addEventListener"];
  app.addEventListener = (...args: Parameters<EventTarget["addEventListener"]>) => {
    listeners++;
    add(...args);
  };
  const targets: ServerSentEventStreamTarget[] = [];
  app.use((ctx) => void targets.push(ctx.sendEvents()));
  const { port, stop } = await serve(app);
  const before = listeners;
  for (let count = 0; count < 20; count++) {
    const client = await RawClient.get(port, "/");
    await client.until("\r\n\r\n");
    client.destroy();
  }
  await eventually(() => targets.length === 20 && targets.every(({ closed }) => closed));
  assert.equal(listeners, before);
  await stop();
});

test("two listeners of one application end each by itself", async () => {
  const app = quietApp();
  app.use((ctx) => void ctx.sendEvents());
  const [first, second] = [await serve(app), await serve(app)];
  const clients = [await RawClient.get(first.port, "/"), await RawClient.get(second.port, "/")] as const;
  for (const client of clients) await client.until("\r\n\r\n");
  await first.stop();
  await clients[0].closed;
  assert.equal(clients[1].socket.destroyed, false);
  await second.stop();
  await clients[1].closed;
});
