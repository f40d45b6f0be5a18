import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSourceErrorEvent } from "../../src/client/client-error.ts";
import { EventSource } from "../../src/client/event-source.ts";
import { eventually } from "../support/eventually.ts";
import { runtime } from "../support/runtime-server.ts";
import { logOf } from "../support/source-log.ts";

const TARGET = "http://127.0.0.1:9/events";

/** A fetch whose answer is an event stream of `text`, that stays open. */
function streaming(text: string): () => Promise<Response> {
  return async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
}

test("the constants stand on the class and on its prototype, and cannot be changed", () => {
  const names = { CONNECTING: 0, OPEN: 1, CLOSED: 2 } as const;
  for (const [name, value] of Object.entries(names)) {
    for (const holder of [EventSource, EventSource.prototype]) {
      assert.equal(Object.hasOwn(holder, name), true);
      assert.equal(Reflect.get(holder, name), value);
      assert.equal(Reflect.set(holder, name, 7), false);
    }
  }
});

test("the attributes stand on the prototype, and the constructor needs one argument", () => {
  for (const name of ["url", "readyState", "withCredentials", "onopen", "onmessage", "onerror", "close"]) {
    assert.equal(Object.hasOwn(EventSource.prototype, name), true, name);
  }
  assert.equal(EventSource.length, 1);
  assert.equal(Object.getPrototypeOf(EventSource), EventTarget);
});

test("a URL that is none throws a SyntaxError DOMException, no URL a TypeError", () => {
  for (const url of ["http://this is invalid/", "", "relative/path"]) {
    assert.throws(
      () => new EventSource(url),
      (error) => error instanceof DOMException && error.name === "SyntaxError" && error.code === 12,
    );
  }
  assert.throws(() => new (EventSource as unknown as new () => EventSource)(), TypeError);
});

test("the url is serialized, and withCredentials is what was asked for", () => {
  const source = new EventSource(new URL("HTTP://EXAMPLE.test:80/a b#c"), { fetch: streaming("") });
  assert.equal(source.url, "http://example.test/a%20b#c");
  assert.equal(source.withCredentials, false);
  source.close();
  const other = new EventSource(TARGET, { fetch: streaming(""), withCredentials: true });
  assert.equal(other.withCredentials, true);
  other.close();
});

test("arguments that no attempt could send are refused at once", () => {
  for (const init of [
    { headers: { "a b": "c" } },
    // Bun takes any method, and sends a GET with a body.
    ...(runtime === "bun" ? [] : [{ method: "TRACE" }, { method: "a b" }, { body: "no GET has one" }]),
  ]) {
    assert.throws(() => new EventSource(TARGET, init), TypeError);
  }
  for (const init of [
    { openTimeoutMs: 0 },
    { openTimeoutMs: Number.NaN },
    { inactivityTimeoutMs: -1 },
    { retry: { maxDelayMs: -1 } },
    { maxLineLength: 0 },
  ]) {
    assert.throws(() => new EventSource(TARGET, init), RangeError);
  }
});

test("nothing happens before the constructor has returned", async () => {
  let asked = false;
  const source = new EventSource(TARGET, {
    fetch: () => {
      asked = true;
      return streaming("data: 1\n\n")();
    },
  });
  assert.equal(asked, false);
  assert.equal(source.readyState, 0);
  const log = logOf(source);
  await log.until("message 1");
  source.close();
});

test("an event handler keeps its place while it is replaced, and loses it when it is removed", async () => {
  const source = new EventSource(TARGET, { fetch: streaming("data: 1\n\n") });
  const calls: string[] = [];
  source.onmessage = () => calls.push("first handler");
  source.addEventListener("message", () => calls.push("listener"));
  source.onmessage = function (event) {
    assert.equal(this, source);
    assert.equal(event.data, "1");
    calls.push("second handler");
  };
  source.onopen = () => calls.push("open");
  source.onopen = null;
  assert.equal(source.onopen, null);
  source.onerror = "no function" as unknown as null;
  assert.equal(source.onerror, null);
  source.onresume = () => undefined;
  assert.equal(typeof source.onresume, "function");
  await eventually(() => calls.length > 1);
  assert.deepEqual(calls, ["second handler", "listener"]);
  source.close();
});

test("a message is a MessageEvent, under its own type, with data, origin and lastEventId", async () => {
  const source = new EventSource(TARGET, { fetch: streaming("event: named\nid: 5\ndata: a\ndata: b\n\n") });
  const log = logOf(source, "named");
  await eventually(() => log.messages.length === 1);
  const [message] = log.messages;
  assert.ok(message instanceof MessageEvent);
  const { type, data, origin, lastEventId, bubbles, cancelable } = message;
  assert.deepEqual(
    { type, data, origin, lastEventId, bubbles, cancelable },
    {
      type: "named",
      data: "a\nb",
      origin: "http://127.0.0.1:9",
      lastEventId: "5",
      bubbles: false,
      cancelable: false,
    },
  );
  source.close();
});

test("an event that the stream names open or error is a message, and changes no state", async () => {
  const source = new EventSource(TARGET, {
    fetch: streaming("event: error\ndata: 1\n\nevent: open\ndata: 2\n\ndata: 3\n\n"),
  });
  const seen: Event[] = [];
  source.addEventListener("error", (event) => seen.push(event));
  const log = logOf(source);
  await log.until("message 3");
  assert.equal(seen.length, 1);
  assert.equal(seen[0] instanceof EventSourceErrorEvent, false);
  assert.equal((seen[0] as unknown as MessageEvent).data, "1");
  assert.equal(source.readyState, 1);
  source.close();
});

test("each event has a task of its own: promises and messages between two listeners go on before the next", async () => {
  const source = new EventSource(TARGET, { fetch: streaming("data: 1\n\ndata: 2\n\ndata: 3\n\n") });
  const order: string[] = [];
  const done = new Promise<void>((resolve) => {
    source.onmessage = async ({ data }) => {
      order.push(data);
      for (let depth = 0; depth < 50; depth++) await null;
      order.push(`after ${data}`);
      if (data === "3") resolve();
    };
  });
  await done;
  assert.deepEqual(order, ["1", "after 1", "2", "after 2", "3", "after 3"]);
  source.close();
});

test("close in a listener: the rest of the chunk is not dispatched", async () => {
  const source = new EventSource(TARGET, { fetch: streaming("id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n") });
  const log = logOf(source);
  source.onmessage = () => source.close();
  await log.until("message 1");
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(log.lines, ["open", "message 1"]);
  assert.equal(source.lastEventId, "1", "what was not shown can be asked for again");
});

test("lastEventId follows what was shown, not what has arrived", async () => {
  const source = new EventSource(TARGET, {
    fetch: streaming("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\n\n"),
  });
  const ids: string[] = [];
  source.onmessage = () => ids.push(source.lastEventId);
  await eventually(() => source.lastEventId === "3");
  assert.deepEqual(ids, ["1", "2"]);
  source.close();
});

test("a channel's word on where the stream begins is a resume event and a property", async () => {
  const said = { channel: "prices", reason: "trimmed", lost: { through: "9" } };
  const text = `: resumed\nid: 1\n\ndata: a\n\nid: 2\nevent: gap\ndata: ${JSON.stringify(said)}\n\nevent: gap\ndata: own\n\n`;
  const source = new EventSource(TARGET, { fetch: streaming(text) });
  assert.equal(source.resumeState, undefined);
  const log = logOf(source, "gap");
  const details: unknown[] = [];
  source.onresume = ({ detail }) => details.push(detail);
  await log.until("gap own");
  const loss = `gap ${JSON.stringify(said)}`;
  assert.deepEqual(
    log.lines,
    ["open", "resume resumed", "message a", "resume gap", loss, "gap own"],
    "the event itself is dispatched as by any EventSource",
  );
  assert.deepEqual(details, [{ outcome: "resumed" }, { outcome: "gap", ...said }]);
  assert.equal(source.resumeState, "gap");
  source.close();
});

test("noticeTypes names the events that tell of a loss", async () => {
  const fetch = streaming('event: missing\ndata: {"lost":{}}\n\nevent: gap\ndata: {"lost":{}}\n\n');
  const source = new EventSource(TARGET, { fetch, noticeTypes: { gap: "missing" } });
  const log = logOf(source, "gap");
  await log.until(/^gap/);
  assert.deepEqual(log.lines, ["open", "resume gap", 'gap {"lost":{}}']);
  source.close();
});
