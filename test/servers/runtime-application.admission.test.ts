import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventsOptions } from "../../src/app/events-options.ts";
import { Channel } from "../../src/channel/channel.ts";
import { RuntimeApplication } from "../../src/servers/runtime-application.ts";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { gather } from "../support/crowd-reader.ts";
import { RawClient } from "../support/raw-client.ts";
import { eventually, serve } from "../support/serving.ts";

/** Serves a stream at every path. */
async function streaming(events: EventsOptions) {
  const app = new RuntimeApplication({ events: { keepAlive: false, ...events } });
  const targets: ServerSentEventStreamTarget[] = [];
  const ends: unknown[] = [];
  app.use((ctx) => {
    const target = ctx.sendEvents();
    targets.push(target);
    target.signal.addEventListener("abort", () => ends.push(target.closeReason));
  });
  return { app, targets, ends, ...(await serve(app)) };
}

test("one too many is answered with 200, told to come back, and let go; the others are not disturbed", async () => {
  const { app, targets, ends, port, stop } = await streaming({
    maxConnections: 2,
    retryWindowMs: [300, 400],
  });
  const readers = await gather(port, 2);
  const refused = (await gather(port, 1))[0];
  await refused?.closed;
  assert.deepEqual([refused?.status, refused?.finished, refused?.events], [200, true, []]);
  assert.match(refused?.head ?? "", /^content-type: text\/event-stream\r?$/im);
  assert.ok((refused?.retryMs ?? 0) >= 300 && (refused?.retryMs ?? 0) <= 400);
  assert.deepEqual([targets[2]?.closed, ends], [true, ["refused"]], "who listens on its signal hears it");
  const { streams } = app.metrics;
  assert.deepEqual([streams.open, streams.accepted, streams.refused.full, streams.closed], [2, 2, 1, {}]);
  for (const target of targets.slice(0, 2)) target.dispatchMessage("still here");
  await eventually(() => readers.every(({ events }) => events.length === 1));
  readers[0]?.destroy();
  await eventually(() => app.metrics.streams.open === 1);
  const later = (await gather(port, 1))[0];
  assert.equal(targets[3]?.closed, false, "there is room again");
  later?.destroy();
  readers[1]?.destroy();
  await stop();
});

test("who was turned away may ask again on the same connection", async () => {
  const { port, stop } = await streaming({ maxConnections: 0 });
  const client = await RawClient.open(port);
  for (let count = 1; count <= 3; count++) {
    client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    await client.until(new RegExp(`(?:retry: \\d+\\n[^]*){${count}}`));
  }
  assert.equal(client.text.split("HTTP/1.1 200 OK").length, 4);
  client.destroy();
  await stop();
});

test("a channel follows no target that was turned away", async () => {
  const channel = new Channel("prices");
  const app = new RuntimeApplication({ events: { maxConnections: 0 } });
  app.use((ctx) => void channel.stream(ctx));
  const { port, stop } = await serve(app);
  const [reader] = await gather(port, 1);
  await reader?.closed;
  assert.deepEqual([reader?.comments, channel.size, channel.metrics.subscribed], [[""], 0, 0]);
  await stop();
});

test("an application turns readers away by itself: for now with a stream that ends, for ever with 204", async () => {
  const app = new RuntimeApplication({ logErrors: false });
  app.use((ctx) => {
    if (ctx.request.url.pathname === "/later")
      ctx.refuseEvents({ retryWindowMs: [7, 7], headers: { "x-own": "1" } });
    else ctx.refuseEvents({ comeBack: false, headers: { "x-own": "2" } });
  });
  const { port, stop } = await serve(app);
  const later = await fetch(`http://127.0.0.1:${port}/later`);
  assert.deepEqual([later.status, later.headers.get("content-type")], [200, "text/event-stream"]);
  assert.equal(later.headers.get("x-own"), "1");
  assert.match(await later.text(), /^:[^\n]*\nretry: 7\n$/);
  const gone = await fetch(`http://127.0.0.1:${port}/gone`);
  assert.deepEqual([gone.status, await gone.text(), gone.headers.get("x-own")], [204, "", "2"]);
  assert.equal(gone.headers.get("content-type"), null);
  const { accepted, refused } = app.metrics.streams;
  assert.deepEqual([accepted, refused.application, refused.gone], [0, 1, 1]);
  await stop();
});

test("an old stream ends by itself, and its reader is told to come back", async () => {
  const { app, ends, port, stop } = await streaming({ maxAgeMs: 500, retryWindowMs: [30, 40] });
  const readers = await gather(port, 20);
  await Promise.all(readers.map(({ closed }) => closed));
  for (const { status, finished, retryMs = 0 } of readers) {
    assert.deepEqual([status, finished, retryMs >= 30 && retryMs <= 40], [200, true, true]);
  }
  assert.deepEqual(ends, Array(20).fill("age"));
  assert.deepEqual(app.metrics.streams.closed, { age: 20 });
  await stop();
});

test("what a stream is given itself goes before what the application says of all", async () => {
  const app = new RuntimeApplication({ events: { retry: 111, maxAgeMs: 1, keepAlive: 10 } });
  app.use((ctx) => void ctx.sendEvents({ retry: 222, maxAgeMs: 0 }));
  const { port, stop } = await serve(app);
  const [reader] = await gather(port, 1);
  await eventually(() => (reader?.comments.length ?? 0) > 5);
  assert.equal(reader?.retryMs, 222);
  assert.equal(app.metrics.streams.open, 1);
  reader?.destroy();
  await stop();
});
