import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSource } from "../../src/client/event-source.ts";
import type { EventSourceInit } from "../../src/client/event-source-init.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { bytesOf } from "../support/byte-stream.ts";
import { eventually } from "../support/eventually.ts";
import { type Exchange, script } from "../support/scripted-server.ts";
import { logOf } from "../support/source-log.ts";

const UNJITTERED = { random: () => 0 };

/** A server, a source that reads from it, and the time of the source. */
async function connect(init: EventSourceInit, ...steps: ((exchange: Exchange) => void)[]) {
  const server = await script(...steps);
  const clock = new VirtualClock();
  const source = new EventSource(server.url, { clock, ...init });
  const log = logOf(source, "named");
  const close = () => {
    source.close();
    return server.close();
  };
  return { server, clock, source, log, close };
}

test("the request: GET, Accept: text/event-stream, no cache, no Last-Event-ID at first", async () => {
  const { server, log, close } = await connect({}, (exchange) => exchange.stream());
  await log.until("open");
  const [{ method, path, headers }] = server.exchanges as [Exchange];
  assert.equal(method, "GET");
  assert.equal(path, new URL(server.url).pathname);
  assert.equal(headers.get("accept"), "text/event-stream");
  assert.equal(headers.get("cache-control"), "no-cache");
  assert.equal(headers.has("last-event-id"), false);
  await close();
});

test("announce the connection: readyState is OPEN when the open event fires, before any event", async () => {
  const states: number[] = [];
  const server = await script((exchange) => exchange.stream("data: 1\n\n"));
  const source = new EventSource(server.url);
  assert.equal(source.readyState, EventSource.CONNECTING);
  source.onopen = ({ type }) => {
    assert.equal(type, "open");
    states.push(source.readyState);
  };
  const log = logOf(source);
  await log.until("message 1");
  assert.deepEqual(states, [EventSource.OPEN]);
  assert.deepEqual(log.lines, ["open", "message 1"]);
  source.close();
  await server.close();
});

for (const [what, status] of [
  ["204, no content", 204],
  ["a status of success other than 200", 202],
  ["401", 401],
  ["404", 404],
  ["500", 500],
  ["503", 503],
] as const) {
  test(`fail the connection: ${what}`, async () => {
    const { server, source, log, clock, close } = await connect({}, (exchange) => {
      exchange.answer(status, ["content-type: text/event-stream"]);
      exchange.end();
    });
    let event: unknown;
    source.onerror = ({ code, status, retryInMs, error }) => {
      event = { code, status, retryInMs, message: error.message };
    };
    await log.until("error status 2");
    const message = `Cannot read event stream: status "${status}"`;
    assert.deepEqual(event, { code: "status", status, retryInMs: undefined, message });
    assert.equal(clock.timers, 0, "and nothing is planned");
    assert.equal(server.exchanges.length, 1);
    await close();
  });
}

for (const type of [
  "text/html",
  "text/event-streams",
  "application/x-text/event-stream",
  "",
  "text/plain; text/event-stream",
  "text/event-stream, text/html",
]) {
  test(`fail the connection: the content type ${JSON.stringify(type)}`, async () => {
    const { log, close } = await connect({}, (exchange) => {
      exchange.answer(200, type === "" ? [] : [`content-type: ${type}`], "data: 1\n\n");
    });
    await log.until("error content-type 2");
    assert.deepEqual(log.lines, ["error content-type 2"]);
    await close();
  });
}

for (const type of [
  "text/event-stream;charset=utf-8",
  "TEXT/Event-Stream ; bogus",
  'text/event-stream; a="b,c"',
  "text/html, text/event-stream",
]) {
  test(`the essence of the content type counts: ${type}`, async () => {
    const { log, close } = await connect({}, (exchange) => {
      exchange.answer(200, [`content-type: ${type}`], "data: 1\n\n");
    });
    await log.until("message 1");
    await close();
  });
}

test("reestablish the connection: after the end of the body, error, CONNECTING, the reconnection time", async () => {
  const { server, clock, source, log, close } = await connect(
    {},
    (exchange) => {
      exchange.stream("retry: 4000\nid: 7\ndata: a\n\n");
      exchange.end();
    },
    (exchange) => exchange.stream("data: b\n\n"),
  );
  let retryInMs: number | undefined;
  source.onerror = (event) => {
    retryInMs = event.retryInMs;
  };
  await log.until("error ended 0");
  assert.equal(retryInMs, 4000);
  assert.equal(source.reconnectionTime, 4000);
  clock.advance(3999);
  assert.equal(server.exchanges.length, 1);
  clock.advance(1);
  await log.until("message b");
  assert.deepEqual(log.lines, ["open", "message a", "error ended 0", "open", "message b"]);
  assert.equal(server.exchanges[1]?.headers.get("last-event-id"), "7");
  assert.equal(log.messages[1]?.lastEventId, "7", "the id is kept by the new connection");
  await close();
});

test("reestablish the connection: a network error is no end", async () => {
  const { server, clock, log, close } = await connect(
    { retry: UNJITTERED },
    (exchange) => exchange.send("This is no answer\r\n\r\n"),
    (exchange) => exchange.stream("data: a\n\n"),
  );
  await log.until("error network 0");
  clock.advance(3000);
  await log.until("message a");
  assert.equal(server.exchanges.length, 2);
  await close();
});

test("the last event id is kept over any number of connections, and is that of a block without data", async () => {
  const { server, clock, source, log, close } = await connect(
    {},
    (exchange) => {
      exchange.stream("data: a\nid: 1\n\nid: primed\n\ndata: never finished\nid: 3\n");
      exchange.end();
    },
    (exchange) => {
      exchange.stream("retry: 3000\n");
      exchange.end();
    },
    (exchange) => exchange.stream("id\n\n"),
    (exchange) => exchange.stream(),
  );
  await log.until("error ended 0");
  clock.advance(3000);
  await log.until("error ended 0", 2);
  assert.equal(source.lastEventId, "primed");
  clock.advance(3000);
  await eventually(() => source.readyState === 1 && source.lastEventId === "");
  server.exchanges[2]?.end();
  await log.until("error ended 0", 3);
  clock.advance(3000);
  await log.until("open", 4);
  const sent = server.exchanges.map(({ headers }) => headers.get("last-event-id"));
  assert.deepEqual(sent, [undefined, "primed", "primed", undefined], "an empty id resets it");
  assert.deepEqual(
    log.lines.filter((line) => line.startsWith("message")),
    ["message a"],
  );
  await close();
});

test("Last-Event-ID is sent as UTF-8", async () => {
  const id = "é ✓ \u{1f333}";
  const { server, clock, log, close } = await connect(
    {},
    (exchange) => {
      exchange.stream(`id: ${id}\ndata: a\n\n`);
      exchange.end();
    },
    (exchange) => exchange.stream(),
  );
  await log.until("error ended 0");
  clock.advance(3000);
  await log.until("open", 2);
  const sent = server.exchanges[1]?.headers.get("last-event-id") ?? "";
  assert.equal(sent, String.fromCharCode(...bytesOf(id)));
  await close();
});

test("an id that no field can hold is not sent, and does not end the reconnecting", async () => {
  for (const id of ["a\u0001b", "a\u007f"]) {
    const { server, clock, log, close } = await connect(
      {},
      (exchange) => {
        exchange.stream(`id: ${id}\ndata: a\n\n`);
        exchange.end();
      },
      (exchange) => exchange.stream(),
    );
    await log.until("error ended 0");
    clock.advance(3000);
    await log.until("open", 2);
    assert.equal(server.exchanges[1]?.headers.has("last-event-id"), false);
    await close();
  }
});

test("a reconnection time that no timer can wait for is the longest that one can", async () => {
  const { clock, source, log, close, server } = await connect({}, (exchange) => {
    exchange.stream("retry: 99999999999\n\n");
    exchange.end();
  });
  await log.until("error ended 0");
  assert.equal(source.reconnectionTime, 2 ** 31 - 1);
  clock.advance(86_400_000);
  assert.equal(server.exchanges.length, 1);
  await close();
});

test("retry counts as soon as its line ends, an id at the blank line only", async () => {
  const { source, log, close } = await connect({}, (exchange) => {
    exchange.stream("retry: 5\nid: 1\ndata: lost");
    exchange.end();
  });
  await log.until("error ended 0");
  assert.equal(source.reconnectionTime, 5);
  assert.equal(source.lastEventId, "");
  await close();
});

test("a redirect is followed; the origin is that of the final URL, and reconnecting begins at the first", async () => {
  const target = await script((exchange) => {
    exchange.stream("data: a\n\n");
    exchange.end();
  });
  const { clock, source, log, close, server } = await connect({}, (exchange) => {
    exchange.answer(307, [`location: ${target.url}`, "content-length: 0"]);
    exchange.end();
  });
  await log.until("error ended 0");
  assert.equal(log.messages[0]?.origin, new URL(target.url).origin);
  assert.equal(source.url, server.url);
  clock.advance(3000);
  await log.until("message a", 2);
  assert.equal(server.exchanges.length, 2);
  await close();
  await target.close();
});

test("a redirect loop is a network error, which is tried again with growing pauses", async () => {
  const { clock, source, log, close } = await connect({ retry: { random: () => 0.5 } }, (exchange) => {
    exchange.answer(302, [`location: ${exchange.path}`, "content-length: 0"]);
    exchange.end();
  });
  const waits: (number | undefined)[] = [];
  source.addEventListener("error", ({ retryInMs }) => waits.push(retryInMs));
  for (let times = 1; times <= 3; times++) {
    await log.until("error network 0", times);
    clock.advance(waits.at(-1) ?? 0);
  }
  assert.deepEqual(waits.slice(0, 3), [4500, 6000, 9000]);
  await close();
});

test("close: no event follows, and the connection is given back", async () => {
  const { server, source, log, clock, close } = await connect({}, (exchange) =>
    exchange.stream("data: a\n\ndata: b\n\n"),
  );
  source.onmessage = () => source.close();
  await log.until("message a");
  await server.exchanges[0]?.closed;
  assert.equal(source.readyState, EventSource.CLOSED);
  assert.deepEqual(log.lines, ["open", "message a"]);
  assert.equal(clock.timers, 0);
  await close();
});

test("close while connecting, and while waiting to reconnect", async () => {
  const silent = await connect({}, () => undefined);
  await eventually(() => silent.server.exchanges.length === 1);
  silent.source.close();
  await silent.server.exchanges[0]?.closed;
  assert.deepEqual(silent.log.lines, []);
  assert.equal(silent.clock.timers, 0);
  await silent.close();

  const waiting = await connect({}, (exchange) => {
    exchange.stream();
    exchange.end();
  });
  await waiting.log.until("error ended 0");
  waiting.source.close();
  await eventually(() => waiting.clock.timers === 0);
  assert.equal(waiting.source.readyState, 2);
  await waiting.close();
});
