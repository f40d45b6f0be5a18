import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { EventSource } from "../../src/client/event-source.ts";
import { isPageHidden, watchPage } from "../../src/client/page-lifecycle.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { eventually } from "../support/eventually.ts";
import { FakePage } from "../support/fake-page.ts";
import { script } from "../support/scripted-server.ts";
import { logOf } from "../support/source-log.ts";

let page: FakePage | undefined;
afterEach(() => page?.remove());

test("without a page nothing is hidden, and nothing happens", () => {
  assert.equal(isPageHidden(), false);
  watchPage(new AbortController().signal, () => assert.fail("called"));
});

test("a page tells that it is hidden, visible, back or online", () => {
  page = new FakePage();
  const changes: (boolean | string)[] = [];
  const controller = new AbortController();
  watchPage(controller.signal, (isBack) => changes.push(isBack, String(isPageHidden())));
  page.hide();
  page.show();
  page.emit("pageshow", { persisted: false });
  page.emit("pageshow", { persisted: true });
  page.emit("online");
  controller.abort();
  page.hide();
  assert.deepEqual(changes, [false, "true", false, "false", true, "false", true, "false"]);
});

test("pauseWhenHidden: the stream waits while the page is hidden, and goes on where it was", async () => {
  page = new FakePage();
  const clock = new VirtualClock();
  const server = await script((exchange) => exchange.stream("id: 1\ndata: a\n\n"));
  const source = new EventSource(server.url, { clock, pauseWhenHidden: true });
  const log = logOf(source);
  await log.until("message a");
  page.hide();
  await log.until("error hidden 0");
  await server.exchanges[0]?.closed;
  clock.advance(86_400_000);
  assert.equal(server.exchanges.length, 1);
  page.show();
  clock.advance(0);
  await log.until("message a", 2);
  assert.equal(server.exchanges[1]?.headers.get("last-event-id"), "1");
  source.close();
  await server.close();
});

test("pauseWhenHidden: a page that is hidden and shown at once makes one connection", async () => {
  page = new FakePage();
  const server = await script((exchange) => exchange.stream("data: a\n\n"));
  const source = new EventSource(server.url, { pauseWhenHidden: true });
  const log = logOf(source);
  await log.until("message a");
  for (let times = 0; times < 5; times++) {
    page.hide();
    page.show();
  }
  await log.until("message a", 2);
  await server.exchanges[0]?.closed;
  assert.equal(server.exchanges.length, 2);
  source.close();
  await server.close();
});

test("pauseWhenHidden: a source of a hidden page asks when the page is first seen", async () => {
  page = new FakePage();
  page.hide();
  const clock = new VirtualClock();
  const server = await script((exchange) => exchange.stream("data: a\n\n"));
  const source = new EventSource(server.url, { clock, pauseWhenHidden: true });
  const log = logOf(source);
  await log.until("error hidden 0");
  assert.equal(server.exchanges.length, 0);
  page.show();
  clock.advance(0);
  await log.until("message a");
  source.close();
  await server.close();
});

test("without it a hidden page goes on reading", async () => {
  page = new FakePage();
  const server = await script((exchange) => exchange.stream());
  const source = new EventSource(server.url);
  const log = logOf(source);
  await log.until("open");
  page.hide();
  server.exchanges[0]?.send("data: a\n\n");
  await log.until("message a");
  source.close();
  await server.close();
});

for (const type of ["online", "pageshow"]) {
  test(`${type}: the connection from before is dead, whether or not it knows, and is made anew at once`, async () => {
    page = new FakePage();
    const clock = new VirtualClock();
    const server = await script(
      (exchange) => exchange.stream("id: 1\ndata: a\n\n"),
      () => undefined,
      (exchange) => exchange.stream("data: b\n\n"),
    );
    const source = new EventSource(server.url, { clock });
    const log = logOf(source);
    await log.until("message a");
    page.emit(type, { persisted: true });
    await log.until("error offline 0");
    clock.advance(0);
    await eventually(() => server.exchanges.length === 2);
    page.emit(type, { persisted: true });
    await log.until("error offline 0", 2);
    clock.advance(0);
    await log.until("message b");
    assert.equal(server.exchanges[2]?.headers.get("last-event-id"), "1");
    source.close();
    await server.close();
  });
}

test("a page that is seen again ends a backoff, but not the time that the server asked for", async () => {
  page = new FakePage();
  const clock = new VirtualClock();
  const server = await script(
    (exchange) => {
      exchange.answer(503);
      exchange.end();
    },
    (exchange) => exchange.stream("data: a\n\n"),
  );
  const source = new EventSource(server.url, { clock, retry: { random: () => 0.999 } });
  const log = logOf(source);
  await log.until("error status 0");
  clock.advance(1000);
  page.show();
  clock.advance(1999);
  assert.equal(server.exchanges.length, 1);
  clock.advance(1);
  await log.until("message a");
  source.close();
  await server.close();
});

test("a page that is seen again makes a stream anew that was silent for too long while timers slept", async () => {
  page = new FakePage();
  const clock = new VirtualClock();
  let slept = 0;
  const sleepy = { now: () => clock.now() + slept, after: clock.after.bind(clock) };
  const server = await script((exchange) => exchange.stream("data: a\n\n"));
  const source = new EventSource(server.url, { clock: sleepy, inactivityTimeoutMs: 20_000 });
  const log = logOf(source);
  await log.until("message a");
  page.show();
  slept = 20_000;
  page.show();
  await log.until("error inactive 0");
  source.close();
  await server.close();
});

test("a source that is closed listens to the page no more", async () => {
  page = new FakePage();
  const server = await script((exchange) => exchange.stream());
  const source = new EventSource(server.url);
  await logOf(source).until("open");
  assert.ok(page.listeners > 0);
  source.close();
  assert.equal(page.listeners, 0);
  const failing = new EventSource(server.url, { fetch: async () => new Response(null, { status: 404 }) });
  await logOf(failing).until("error status 2");
  assert.equal(page.listeners, 0);
  await server.close();
});
