import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { RawClient } from "../support/raw-client.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";

/** Serves a stream at every path, and keeps the targets. */
async function streaming(open?: Parameters<ReturnType<typeof quietApp>["use"]>[0]) {
  const app = quietApp();
  const targets: ServerSentEventStreamTarget[] = [];
  const errors: unknown[] = [];
  app.addEventListener("error", ({ error }) => errors.push(error));
  app.use(open ?? ((ctx) => void targets.push(ctx.sendEvents({ keepAlive: false }))));
  return { app, targets, errors, ...(await serve(app)) };
}

test("the head and the opening comment leave at once", async () => {
  const { port, stop } = await streaming();
  const client = await RawClient.get(port, "/");
  await client.until(/\r\n\r\n(?:[0-9a-f]+\r\n)?:[^\n]*\n/);
  assert.match(client.head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(client.head, /^content-type: text\/event-stream\r?$/im);
  assert.match(client.head, /^cache-control: no-cache, no-transform\r?$/im);
  assert.match(client.head, /^x-accel-buffering: no\r?$/im);
  assert.doesNotMatch(client.head, /9007199254740991|^content-length:/im);
  client.destroy();
  await stop();
});

test("events arrive in order, each byte of them", async () => {
  const { port, stop, targets } = await streaming();
  const client = await RawClient.get(port, "/", [], "1.0");
  await client.until("\r\n\r\n");
  const target = targets[0] as ServerSentEventStreamTarget;
  target.dispatchMessage({ hello: "world" });
  target.dispatchComment("aside");
  target.dispatchEvent(new ServerSentEvent("ping", "a\rb", { id: 0, retry: 5 }));
  await target.close();
  await client.closed;
  const body = client.text.slice(client.text.indexOf("\r\n\r\n") + 4).replace(/^:[^\n]*\n/, "");
  assert.equal(
    body,
    'data: {"hello":"world"}\n\n: aside\nevent: ping\nid: 0\nretry: 5\ndata: a\ndata: b\n\n',
    "and an HTTP/1.0 reader gets them unchunked",
  );
  await stop();
});

test("headers that the application set are sent; retry is sent first", async () => {
  const { port, stop } = await streaming((ctx) => {
    ctx.response.headers.append("set-cookie", "a=1");
    ctx.response.headers.append("set-cookie", "b=2");
    ctx.sendEvents({ headers: { "cache-control": "no-store", "x-own": "1" }, retry: 250 });
  });
  const client = await RawClient.get(port, "/");
  await client.until("retry: 250\n");
  assert.match(client.head, /^cache-control: no-store\r?$/im);
  assert.match(client.head, /^x-own: 1\r?$/im);
  assert.match(client.head, /^set-cookie: a=1\r?$/im);
  assert.match(client.head, /^set-cookie: b=2\r?$/im);
  client.destroy();
  await stop();
});

test("the answer to HEAD has the head alone, and the connection serves on", async () => {
  const { port, stop, targets } = await streaming();
  const client = await RawClient.open(port);
  client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
  await client.until("\r\n\r\n");
  assert.match(client.head, /^content-type: text\/event-stream\r?$/im);
  assert.equal(targets[0]?.closed, true);
  client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  await eventually(() => targets.length === 2);
  targets[1]?.dispatchMessage("second");
  await client.until("data: second\n\n");
  client.destroy();
  await stop();
});

test("the last event id comes from the header as UTF-8, or from the query", async () => {
  const { port, stop, targets } = await streaming();
  const id = Array.from(new TextEncoder().encode("π/7"), (byte) => String.fromCharCode(byte)).join("");
  const clients = [
    await RawClient.get(port, "/?lastEventId=no", [`Last-Event-ID: ${id}`]),
    await RawClient.get(port, "/?lastEventId=9"),
    await RawClient.get(port, "/"),
  ];
  await eventually(() => targets.length === 3);
  assert.deepEqual(new Set(targets.map(({ lastEventId }) => lastEventId)), new Set(["π/7", "9", ""]));
  for (const client of clients) client.destroy();
  await stop();
});

for (const way of ["destroy", "reset"] as const) {
  test(`a reader that leaves by ${way} is noticed on a silent stream: once, and as no error`, async () => {
    const { port, stop, targets, errors } = await streaming();
    const client = await RawClient.get(port, "/");
    await client.until("\r\n\r\n");
    const target = targets[0] as ServerSentEventStreamTarget;
    const heard: string[] = [];
    for (const type of ["close", "error"])
      target.addEventListener(type, ({ type: name }) => heard.push(name));
    client[way]();
    await eventually(() => target.closed);
    assert.equal(target.signal.reason.code, "disconnect");
    assert.equal(target.dispatchMessage("too late"), false);
    await stop();
    assert.deepEqual([heard, errors], [["close"], []]);
  });
}

test("a reader that never reads is closed with overflow, and its neighbour hears all", async () => {
  const { port, stop, targets } = await streaming();
  const deaf = await RawClient.get(port, "/deaf");
  await eventually(() => targets.length === 1);
  deaf.pause();
  const attentive = await RawClient.get(port, "/attentive");
  await eventually(() => targets.length === 2);
  const [silent, hearing] = targets as [ServerSentEventStreamTarget, ServerSentEventStreamTarget];
  let sent = 0;
  while (!silent.closed && sent < 2000) {
    const event = new ServerSentEvent("block", `${sent} ${"x".repeat(32_768)}`);
    assert.equal(hearing.dispatchEvent(event), true);
    silent.dispatchEvent(event);
    sent++;
    assert.ok(silent.bufferedAmount <= 1024 * 1024);
    await hearing.ready;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.equal(silent.signal.reason.code, "overflow");
  hearing.dispatchMessage("the end");
  await attentive.until("data: the end\n\n");
  const heard = Array.from(attentive.text.matchAll(/data: (\d+) x/g), ([, number]) => Number(number));
  assert.deepEqual(
    heard,
    Array.from({ length: sent }, (_, index) => index),
  );
  deaf.destroy();
  attentive.destroy();
  await stop();
});

test("close resolves when the reader has been sent everything", async () => {
  const { port, stop, targets } = await streaming();
  const client = await RawClient.get(port, "/");
  await eventually(() => targets.length === 1);
  const target = targets[0] as ServerSentEventStreamTarget;
  for (let count = 0; count < 10; count++) target.dispatchMessage("x".repeat(60_000));
  target.dispatchMessage("the end");
  await target.close();
  assert.equal(target.bufferedAmount, 0);
  await client.until("data: the end\n\n");
  client.destroy();
  await stop();
});

test("a handler that pipes a source is over when its reader leaves, and the source stops", async () => {
  let stopped = false;
  let handled: boolean | undefined;
  const { port, stop } = await streaming(async (ctx) => {
    async function* tokens() {
      try {
        for (let count = 0; ; count++) {
          yield `token ${count}`;
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        stopped = true;
      }
    }
    handled = await ctx.sendEvents().stream(tokens());
  });
  const client = await RawClient.get(port, "/");
  await client.until("data: token 5\n\n");
  client.destroy();
  await eventually(() => stopped && handled !== undefined);
  assert.equal(handled, false);
  await stop();
});

test("a source runs no faster than its reader", async () => {
  let made = 0;
  const { port, stop } = await streaming(async (ctx) => {
    async function* blocks() {
      for (; made < 10_000; made++) yield "x".repeat(16_384);
    }
    await ctx.sendEvents().stream(blocks());
  });
  const client = await RawClient.get(port, "/");
  await client.until("\r\n\r\n");
  client.pause();
  let before = -1;
  while (made !== before) {
    before = made;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(made < 2000, `${made} blocks for a reader that reads none`);
  client.destroy();
  await stop();
});

test("sendEvents is synchronous, the same each time, and may be awaited", async () => {
  const same: boolean[] = [];
  const { port, stop } = await streaming(async (ctx) => {
    const target = ctx.sendEvents();
    same.push(target === ctx.getSSETarget(), target === (await ctx.sendEvents()));
    target.dispatchMessage("one");
  });
  const client = await RawClient.get(port, "/");
  await client.until("data: one\n\n");
  assert.deepEqual(same, [true, true]);
  client.destroy();
  await stop();
});

test("a handler that throws after the stream began closes it, and the application is told", async () => {
  const { port, stop, errors } = await streaming((ctx) => {
    ctx.sendEvents().dispatchMessage("before");
    throw new Error("after");
  });
  const client = await RawClient.get(port, "/", [], "1.0");
  await client.closed;
  assert.match(client.text, /data: before\n\n$/);
  assert.deepEqual(errors, [new Error("after")]);
  await stop();
});
