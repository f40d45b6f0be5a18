import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { RuntimeApplication } from "../../src/servers/runtime-application.ts";
import { gather, isContiguous } from "../support/crowd-reader.ts";
import { RawClient } from "../support/raw-client.ts";
import { runtime } from "../support/runtime-server.ts";
import { eventually, serve } from "../support/serving.ts";

const READERS = 300;

test("hundreds of readers are told to come back, lose nothing that was published, and resume where they were", async () => {
  const channel = new Channel<{ tick: number }>("ticks");
  const app = new RuntimeApplication({ events: { retryWindowMs: [100, 2100] } });
  app.use((ctx) => void channel.stream(ctx, { keepAlive: false }));
  const first = await serve(app);
  const readers = await gather(first.port, READERS);
  await eventually(() => channel.size === READERS);
  for (let count = 1; count <= 10; count++) await channel.publish("tick", count);
  await channel.publish("tick", 11);
  // In the turn of the last publish.
  const closing = app.close();
  await channel.publish("tick", 12);
  await closing;
  await Promise.all(readers.map(({ closed }) => closed));
  for (const reader of readers) {
    assert.deepEqual([reader.status, reader.finished], [200, true]);
    const numbers = reader.numbers("tick");
    assert.ok(isContiguous(numbers) && numbers[0] === 1 && numbers.length >= 11, String(numbers));
  }
  const retries = readers.map(({ retryMs }) => retryMs ?? -1);
  assert.ok(retries.every((retry) => retry >= 100 && retry <= 2100));
  for (let from = 100; from < 2100; from += 500) {
    const within = retries.filter((retry) => retry >= from && retry < from + 500).length;
    assert.ok(within > READERS / 8 && within < READERS / 2, `${within} come back from ${from} ms on`);
  }
  assert.deepEqual([channel.size, app.metrics.streams.open], [0, 0]);
  assert.deepEqual(app.metrics.streams.closed, { shutdown: READERS });

  await channel.publish("tick", 13);
  const second = await serve(app);
  const returned = await gather(second.port, READERS, (index) => readers[index]?.lastEventId ?? "");
  await channel.publish("tick", 14);
  await eventually(() => returned.every((reader) => reader.numbers("tick").at(-1) === 14));
  for (const [index, reader] of returned.entries()) {
    assert.deepEqual(reader.comments, ["", "resumed"]);
    const all = [...(readers[index]?.numbers("tick") ?? []), ...reader.numbers("tick")];
    assert.ok(isContiguous(all) && all.length === 14, String(all));
  }
  await second.stop();
  await channel.close();
});

test("a few readers are let go at once, however long the window", async () => {
  const app = new RuntimeApplication({ events: { drainWindowMs: 600_000 } });
  app.use((ctx) => void ctx.sendEvents({ keepAlive: false }));
  const { port, stop } = await serve(app, { shutdownTimeoutMs: 600_000 });
  const readers = await gather(port, 20);
  await stop();
  await Promise.all(readers.map(({ closed }) => closed));
  assert.ok(readers.every(({ finished, retryMs }) => finished && retryMs !== undefined));
});

test("whoever asks on an open connection while all ends is told to come back, or cut off, but sees no error", async () => {
  const app = new RuntimeApplication({ logErrors: false });
  let finish!: () => void;
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let begun = false;
  let closes: unknown;
  app.use(async (ctx) => {
    if (ctx.request.url.pathname === "/held") {
      begun = true;
      await held;
      ctx.response.body = "held";
      return;
    }
    const target = ctx.sendEvents({ keepAlive: false });
    assert.equal(target.closed, true);
    target.signal.addEventListener("abort", () => {
      closes = target.closeReason;
    });
  });
  const { port, stop } = await serve(app);
  const client = await RawClient.get(port, "/held");
  await eventually(() => begun);
  const stopped = stop();
  client.send("GET /events HTTP/1.1\r\nHost: test\r\n\r\n");
  // Node takes the request now, others when this one is through, or never.
  if (runtime === "node") await eventually(() => app.metrics.streams.refused.shutdown === 1);
  finish();
  await stopped;
  await client.closed;
  const answers = Array.from(client.text.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => status);
  assert.ok(
    answers.every((status) => status === "200"),
    client.text,
  );
  if (runtime === "node") assert.equal(answers.length, 2);
  if (answers.length === 2) {
    assert.match(client.text, /\r\n:[^\n]*\n(?:\r\n[0-9a-f]+\r\n)?retry: \d+\n/);
    assert.equal(closes, "shutdown");
    assert.equal(app.metrics.streams.refused.shutdown, 1);
  }
});

test("what is still open at the deadline is cut off", async () => {
  const app = new RuntimeApplication();
  app.use((ctx) => {
    const target = ctx.sendEvents({ keepAlive: false, maxBufferedBytes: 2 ** 30 });
    target.dispatchMessage("x".repeat(32 * 1024 * 1024));
  });
  const { port, stop } = await serve(app, { shutdownTimeoutMs: 200 });
  const deaf = await RawClient.get(port, "/events");
  deaf.pause();
  await eventually(() => app.metrics.streams.open === 1);
  await stop();
  deaf.destroy();
});
