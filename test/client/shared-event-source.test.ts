import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventSource } from "../../src/client/event-source.ts";
import type { EventSourceInit } from "../../src/client/event-source-init.ts";
import { SharedEventSource } from "../../src/client/shared-event-source.ts";
import { bytesOf } from "../support/byte-stream.ts";
import { defer } from "../support/deferred.ts";
import { EventLogServer } from "../support/event-log-server.ts";
import { eventually } from "../support/eventually.ts";
import { FakeBrowser } from "../support/fake-browser.ts";
import { FakePage } from "../support/fake-page.ts";
import { logOf } from "../support/source-log.ts";

const TARGET = "https://example.test/events";

/** Opens a source in a tab of its own. */
function openTab(browser: FakeBrowser, server: EventLogServer, init: EventSourceInit = {}) {
  const { tab, value: source } = browser.tab(({ crashed }) => {
    const fetch = (url: string, request: RequestInit) => {
      const signal = AbortSignal.any([request.signal as AbortSignal, crashed.signal]);
      return server.fetch(url, { ...request, signal });
    };
    return new SharedEventSource(TARGET, { fetch, ...init });
  });
  return { tab, source, log: logOf(source) };
}

test("a shared source is an EventSource", () => {
  const { source } = openTab(new FakeBrowser(), new EventLogServer());
  assert.ok(source instanceof EventSource);
  assert.equal(SharedEventSource.length, 1);
  assert.equal(source.url, TARGET);
  assert.equal(source.readyState, 0);
  source.close();
  assert.equal(source.readyState, 2);
});

test("all tabs see every event over one connection, and one that comes later is open at once", async () => {
  const [browser, server] = [new FakeBrowser(), new EventLogServer()];
  const tabs = [openTab(browser, server), openTab(browser, server), openTab(browser, server)];
  for (const { log } of tabs) await log.until("open");
  server.publish();
  for (const { log } of tabs) await log.until("message 1");
  const late = openTab(browser, server);
  await late.log.until("open");
  server.publish();
  for (const { log } of tabs) await log.until("message 2");
  await late.log.until("message 2");
  for (const { log, source } of tabs) {
    assert.deepEqual(log.lines, ["open", "message 1", "message 2"]);
    assert.equal(source.lastEventId, "2");
    assert.equal(log.messages[0]?.origin, "https://example.test");
  }
  assert.deepEqual(late.log.lines, ["open", "message 2"]);
  assert.equal(server.asked.length, 1);
  for (const { source } of [...tabs, late]) source.close();
  await eventually(() => server.open === 0);
  assert.equal(browser.channels.size, 0);
});

for (const end of ["close", "crash"] as const) {
  test(`the leader's ${end}: another takes over where it was, nothing lost or doubled`, async () => {
    const [browser, server] = [new FakeBrowser(), new EventLogServer()];
    const [first, second, third] = [
      openTab(browser, server),
      openTab(browser, server),
      openTab(browser, server),
    ];
    await third.log.until("open");
    server.publish();
    for (const { log } of [first, second, third]) await log.until("message 1");
    if (end === "close") first.source.close();
    else first.tab.crash();
    server.publish();
    for (const { log } of [second, third]) await log.until("message 2");
    server.publish();
    for (const { log } of [second, third]) {
      await log.until("message 3");
      assert.deepEqual(log.lines, [
        "open",
        "message 1",
        "error handover 0",
        "open",
        "message 2",
        "message 3",
      ]);
    }
    assert.deepEqual(server.asked, [null, "1"]);
    assert.equal(server.open, 1);
    for (const { source } of [first, second, third]) source.close();
  });
}

test("a leader that dies before its first event: the id that primed the stream is enough", async () => {
  const [browser, server] = [new FakeBrowser(), new EventLogServer()];
  server.publish();
  const [first, second] = [openTab(browser, server), openTab(browser, server)];
  await second.log.until("open");
  await eventually(() => second.source.lastEventId === "1");
  first.tab.crash();
  server.publish();
  await second.log.until("message 2");
  assert.deepEqual(server.asked, [null, "1"]);
  for (const { source } of [first, second]) source.close();
});

test("states and errors are mirrored, and a connection that fails for good closes all tabs", async () => {
  const [browser, server] = [new FakeBrowser(), new EventLogServer()];
  const ended = defer();
  const fetch = async () => {
    if (isEnded) return new Response(null, { status: 403 });
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        controller.enqueue(bytesOf("retry: 0\n"));
        void ended.promise.then(() => controller.close());
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  let isEnded = false;
  const tabs = [openTab(browser, server, { fetch }), openTab(browser, server, { fetch })];
  for (const { log } of tabs) await log.until("open");
  const waits: unknown[] = [];
  for (const { source } of tabs)
    source.addEventListener("error", ({ retryInMs, status }) => waits.push([retryInMs, status]));
  isEnded = true;
  ended.resolve();
  for (const { log, source } of tabs) {
    await log.until("error status 2");
    assert.equal(source.reconnectionTime, 0);
    assert.equal(source.readyState, 2);
    assert.deepEqual(log.lines, ["open", "error ended 0", "error status 2"]);
  }
  assert.deepEqual(waits.map(String).sort(), [",403", ",403", "0,0", "0,0"]);
  await eventually(() => browser.channels.size === 0);
});

test("an id to begin with that is not where the others stand is a gap", async () => {
  const [browser, server] = [new FakeBrowser(), new EventLogServer()];
  server.publish();
  server.publish();
  const first = openTab(browser, server, { lastEventId: "1" });
  await first.log.until("message 2");
  const same = openTab(browser, server, { lastEventId: "2" });
  const other = openTab(browser, server, { lastEventId: "1" });
  for (const { log } of [same, other]) await log.until("open");
  assert.deepEqual(same.log.lines, ["open"]);
  assert.deepEqual(other.log.lines, ["resume gap", "open"]);
  assert.equal(other.source.resumeState, "gap");
  for (const { source } of [first, same, other]) source.close();
});

test("a tab that was away in the cache of the history hears that it has missed something", async () => {
  const page = new FakePage();
  const [browser, server] = [new FakeBrowser(), new EventLogServer()];
  const [first, second] = [openTab(browser, server), openTab(browser, server)];
  await second.log.until("open");
  server.publish();
  await second.log.until("message 1");
  second.tab.isAway = true;
  server.publish();
  await first.log.until("message 2");
  second.tab.isAway = false;
  page.emit("pageshow", { persisted: true });
  await second.log.until("resume gap");
  server.publish();
  await second.log.until("message 3");
  assert.equal(second.source.lastEventId, "3");
  for (const { source } of [first, second]) source.close();
  page.remove();
});

test("where there are no locks or channels, each tab has a connection of its own", async () => {
  const server = new EventLogServer();
  const before = Object.getOwnPropertyDescriptor(globalThis, "BroadcastChannel");
  Object.defineProperty(globalThis, "BroadcastChannel", {
    value: undefined,
    configurable: true,
    writable: true,
  });
  const sources = [1, 2].map(() => new SharedEventSource(TARGET, { fetch: server.fetch }));
  Object.defineProperty(globalThis, "BroadcastChannel", before ?? { value: undefined });
  for (const source of sources) {
    await eventually(() => source.readyState === 1);
    source.close();
  }
  assert.equal(server.asked.length, 2);
});

test("tabs that come, close and crash while events are published: each sees all from its opening on, once", async () => {
  const action = fc.constantFrom("publish", "publish", "publish", "open", "close", "crash", "turn", "turn");
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 10, maxLength: 60 }),
      fc.infiniteStream(fc.nat()),
      async (actions, numbers) => {
        const [browser, server] = [new FakeBrowser(() => numbers.next().value % 4), new EventLogServer()];
        const all: ReturnType<typeof openTab>[] = [];
        let open = [openTab(browser, server)];
        all.push(...open);
        for (const step of actions) {
          const tab = open[numbers.next().value % open.length];
          if (step === "publish") server.publish();
          else if (step === "turn") await new Promise((resolve) => setTimeout(resolve));
          else if (step === "open") {
            const opened = openTab(browser, server);
            open.push(opened);
            all.push(opened);
          } else if (tab && open.length > 1) {
            open = open.filter((other) => other !== tab);
            if (step === "close") tab.source.close();
            else tab.tab.crash();
          }
        }
        // An open stream can be resumed once its first id has come.
        await eventually(() =>
          open.every(({ source }) => source.readyState === 1 && source.lastEventId !== ""),
        );
        server.publish();
        for (const { log } of open) await log.until(`message ${server.count}`);
        for (const { log } of all) {
          const numbersSeen = log.messages.map(({ data }) => Number(data));
          const [first = 0] = numbersSeen;
          assert.deepEqual(
            numbersSeen,
            numbersSeen.map((_, at) => first + at),
            log.lines.join(),
          );
        }
        assert.equal(server.open, 1);
        for (const { source } of all) source.close();
      },
    ),
    { numRuns: 60 },
  );
});
