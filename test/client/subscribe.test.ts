import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSourceError } from "../../src/client/client-error.ts";
import { subscribe } from "../../src/client/subscribe.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { bytesOf } from "../support/byte-stream.ts";
import { eventually } from "../support/eventually.ts";
import { script } from "../support/scripted-server.ts";

test("a loop over the events of several connections, with break at its end", async () => {
  const server = await script(
    (exchange) => {
      exchange.stream("retry: 0\nid: 1\ndata: a\n\n");
      exchange.end();
    },
    (exchange) => exchange.stream("id: 2\nevent: named\ndata: b\n\ndata: never seen\n\n"),
  );
  const errors: unknown[] = [];
  let opened = 0;
  const subscription = subscribe(server.url, {
    onOpen: () => opened++,
    onError: (error, retryInMs) => errors.push([error.code, retryInMs]),
  });
  const seen: unknown[] = [];
  for await (const event of subscription) {
    seen.push(event);
    if (seen.length === 2) break;
  }
  assert.deepEqual(seen, [
    { type: "message", data: "a", lastEventId: "1" },
    { type: "named", data: "b", lastEventId: "2" },
  ]);
  assert.deepEqual(errors, [["ended", 0]]);
  assert.equal(opened, 2);
  assert.equal(subscription.stream.lastEventId, "2");
  assert.equal(subscription.stream.reconnectionTime, 0);
  assert.equal(server.exchanges[1]?.headers.get("last-event-id"), "1");
  await server.exchanges[1]?.closed;
  assert.deepEqual(await subscription.next(), { done: true, value: undefined });
  await server.close();
});

test("events are typed by a map, and JSON is parsed", async () => {
  interface Events {
    tick: { time: number };
    message: string;
  }
  const server = await script((exchange) => {
    exchange.stream('event: tick\ndata: {"time":5}\n\ndata: "hello"\n\ndata: {\n\n');
  });
  const subscription = subscribe<Events>(server.url, { json: true });
  const first = await subscription.next();
  assert.ok(first.value?.type === "tick");
  const time: number = first.value.data.time;
  assert.equal(time, 5);
  const second = await subscription.next();
  assert.ok(second.value?.type === "message");
  const text: string = second.value.data;
  assert.equal(text, "hello");
  await assert.rejects(subscription.next(), (error) => {
    return (
      error instanceof EventSourceError && error.code === "not-json" && error.cause instanceof SyntaxError
    );
  });
  await server.exchanges[0]?.closed;
  await server.close();
});

test("a connection that fails for good is thrown", async () => {
  const server = await script((exchange) => {
    exchange.answer(403);
    exchange.end();
  });
  await assert.rejects(subscribe(server.url).next(), (error) => {
    return error instanceof EventSourceError && error.code === "status" && error.status === 403;
  });
  await server.close();
});

test("close ends a loop that waits, and so do return and the signal", async () => {
  const controller = new AbortController();
  const server = await script((exchange) => exchange.stream());
  const { signal } = controller;
  const closings: ((subscription: { close(): void; return(): unknown }) => unknown)[] = [
    (subscription) => subscription.close(),
    (subscription) => subscription.return(),
    () => controller.abort(),
  ];
  for (const [at, close] of closings.entries()) {
    const subscription = subscribe(server.url, { signal });
    const next = subscription.next();
    await eventually(() => server.exchanges.length === at + 1);
    close(subscription);
    assert.deepEqual(await next, { done: true, value: undefined });
    await server.exchanges[at]?.closed;
  }
  await server.close();
});

test("close ends a wait between two connections, and one that was never read", async () => {
  const clock = new VirtualClock();
  const server = await script((exchange) => {
    exchange.stream();
    exchange.end();
  });
  const subscription = subscribe(server.url, { clock });
  const next = subscription.next();
  await eventually(() => clock.timers === 1 && server.exchanges.length === 1);
  subscription.close();
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.equal(clock.timers, 0);
  const unread = subscribe(server.url, { clock });
  unread.close();
  assert.deepEqual(await unread.next(), { done: true, value: undefined });
  assert.equal(server.exchanges.length, 1);
  await server.close();
});

test("what is not asked for is not read: a slow loop holds the server back", async () => {
  const chunk = bytesOf(`data: ${"x".repeat(65_000)}\n\n`);
  let sent = 0;
  const server = await script((exchange) => {
    exchange.stream();
    exchange.pour(chunk, 4000, (count) => {
      sent = count;
    });
  });
  const subscription = subscribe(server.url);
  await subscription.next();
  let before = -1;
  while (before !== sent) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // A browser takes some 65 MB on its own account, a thousand chunks; a runtime a tenth of that.
  assert.ok(sent < 2000, `${sent} of 4000 chunks left the server`);
  for (let read = 1; read < 1000; read++) await subscription.next();
  await eventually(() => sent > before + 500);
  await subscription.return();
  await server.close();
});

test("silence while the loop is busy is none of the server's", async () => {
  const clock = new VirtualClock();
  const server = await script((exchange) => exchange.stream("data: a\n\n"));
  const subscription = subscribe(server.url, { clock, inactivityTimeoutMs: 1000 });
  await subscription.next();
  clock.advance(60_000);
  const next = subscription.next();
  server.exchanges[0]?.send("data: b\n\n");
  assert.equal((await next).value?.data, "b");
  await subscription.return();
  await server.close();
});

test("a channel's word on where the stream begins is told, and an event that says it is given too", async () => {
  const server = await script((exchange) => {
    exchange.stream(': new\nid: 7\n\nevent: reset\ndata: {"lost":{}}\n\ndata: a\n\n');
  });
  const states: string[] = [];
  const subscription = subscribe(server.url, { onResume: ({ outcome }) => states.push(outcome) });
  assert.equal((await subscription.next()).value?.type, "reset");
  assert.equal((await subscription.next()).value?.data, "a");
  assert.deepEqual(states, ["new", "reset"]);
  assert.equal(subscription.stream.resumeState, "reset");
  await subscription.return();
  await server.close();
});

test("arguments that are none are refused at once", () => {
  assert.throws(() => subscribe("http://"), DOMException);
  assert.throws(() => subscribe("http://127.0.0.1:9/", { openTimeoutMs: -1 }), RangeError);
});
