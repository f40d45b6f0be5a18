import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSource } from "../../src/client/event-source.ts";
import type { EventSourceInit } from "../../src/client/event-source-init.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { eventually } from "../support/eventually.ts";
import { type Exchange, script } from "../support/scripted-server.ts";
import { logOf } from "../support/source-log.ts";

async function connect(init: EventSourceInit, ...steps: ((exchange: Exchange) => void)[]) {
  const server = await script(...steps);
  const clock = new VirtualClock();
  const source = new EventSource(server.url, { clock, ...init });
  const log = logOf(source);
  const close = () => {
    source.close();
    return server.close();
  };
  return { server, clock, source, log, close };
}

function streamAndEnd(exchange: Exchange): void {
  exchange.stream(":\n");
  exchange.end();
}

test("headers: a function is called for each attempt, so that a token is fresh", async () => {
  let tokens = 0;
  const headers = async () => ({
    authorization: `Bearer ${++tokens}`,
    accept: "text/event-stream, application/json",
  });
  const { server, clock, log, close } = await connect({ headers }, streamAndEnd);
  await log.until("error ended 0");
  clock.advance(3000);
  await log.until("error ended 0", 2);
  const sent = server.exchanges.map((exchange) => exchange.headers.get("authorization"));
  assert.deepEqual(sent, ["Bearer 1", "Bearer 2"]);
  assert.equal(server.exchanges[0]?.headers.get("accept"), "text/event-stream, application/json");
  await close();
});

test("headers: a function that fails costs one attempt, and not the source", async () => {
  let calls = 0;
  const headers = () => {
    if (++calls === 1) throw new Error("no token now");
    return [["x-own", "1"]] as [string, string][];
  };
  const { server, clock, source, log, close } = await connect(
    { headers, retry: { random: () => 0 } },
    (exchange) => exchange.stream(),
  );
  let cause: unknown;
  source.onerror = ({ error }) => {
    cause = error.cause;
  };
  await log.until("error network 0");
  assert.equal((cause as Error).message, "no token now");
  clock.advance(3000);
  await log.until("open");
  assert.equal(server.exchanges[0]?.headers.get("x-own"), "1");
  await close();
});

test("method and body: a POST, whose body is made anew for each attempt", async () => {
  let bodies = 0;
  const { server, clock, log, close } = await connect(
    { method: "POST", body: () => `body ${++bodies}` },
    streamAndEnd,
  );
  await log.until("error ended 0");
  clock.advance(3000);
  await log.until("error ended 0", 2);
  assert.deepEqual(
    server.exchanges.map(({ method, body }) => [method, body]),
    [
      ["POST", "body 1"],
      ["POST", "body 2"],
    ],
  );
  await close();
});

test("lastEventId: the first request begins there", async () => {
  const { server, source, log, close } = await connect({ lastEventId: "42" }, (exchange) =>
    exchange.stream("data: a\n\n"),
  );
  assert.equal(source.lastEventId, "42");
  await log.until("message a");
  assert.equal(server.exchanges[0]?.headers.get("last-event-id"), "42");
  assert.equal(log.messages[0]?.lastEventId, "42");
  await close();
});

test("signal: aborting it closes the source, before or after it is open", async () => {
  const controller = new AbortController();
  const { server, source, log, close } = await connect({ signal: controller.signal }, (exchange) =>
    exchange.stream(),
  );
  await log.until("open");
  controller.abort();
  assert.equal(source.readyState, 2);
  await server.exchanges[0]?.closed;
  await close();
  const closed = new EventSource(server.url, {
    signal: AbortSignal.abort(),
    fetch: () => assert.fail("asked"),
  });
  assert.equal(closed.readyState, 2);
});

test("retry: the statuses that are worth it are tried again, full jitter and a cap on top of the reconnection time", async () => {
  const unavailable = (exchange: Exchange) => {
    exchange.answer(503);
    exchange.end();
  };
  const { clock, source, log, close } = await connect(
    { retry: { random: () => 0.5, maxDelayMs: 8000 } },
    unavailable,
  );
  const waits: (number | undefined)[] = [];
  source.addEventListener("error", ({ retryInMs, status }) => waits.push(status === 503 ? retryInMs : -1));
  for (let times = 1; times <= 4; times++) {
    await log.until("error status 0", times);
    clock.advance(waits.at(-1) ?? 0);
  }
  assert.deepEqual(waits, [4500, 6000, 7000, 7000]);
  await close();
});

test("retry: other statuses end it, and the list can be another", async () => {
  const answer = (status: number) => (exchange: Exchange) => {
    exchange.answer(status);
    exchange.end();
  };
  const first = await connect({ retry: {} }, answer(404));
  await first.log.until("error status 2");
  await first.close();
  const second = await connect({ retry: { statuses: [404] } }, answer(404), answer(503));
  await second.log.until("error status 0");
  second.clock.advance(2 ** 31);
  await second.log.until("error status 2");
  await second.close();
});

test("retry: Retry-After is the least, in seconds or as a date by the server's clock", async () => {
  const date = "date: Thu, 01 Jan 2026 00:00:00 GMT";
  for (const [fields, expected] of [
    [["retry-after: 120"], 120_000],
    [[date, "retry-after: Thu, 01 Jan 2026 00:01:00 GMT"], 60_000],
    [["retry-after: 99999999999"], 2 ** 31 - 1],
    [["retry-after: soon"], 3000],
    [["retry-after: 1"], 3000],
  ] as const) {
    const { source, log, close } = await connect({ retry: { random: () => 0 } }, (exchange) => {
      exchange.answer(429, fields);
      exchange.end();
    });
    let retryInMs: number | undefined;
    source.onerror = (event) => {
      retryInMs = event.retryInMs;
    };
    await log.until("error status 0");
    assert.equal(retryInMs, expected, fields.join());
    await close();
  }
});

test("a stream that brought something makes the failures before it forgotten", async () => {
  const { clock, source, log, close } = await connect(
    { retry: { random: () => 0.999999 } },
    (exchange) => exchange.send("This is no answer\r\n\r\n"),
    (exchange) => exchange.send("This is no answer\r\n\r\n"),
    streamAndEnd,
  );
  const waits: number[] = [];
  source.addEventListener("error", ({ retryInMs }) => waits.push(Math.round(retryInMs ?? 0)));
  await log.until("error network 0");
  clock.advance(10_000);
  await log.until("error network 0", 2);
  clock.advance(20_000);
  await log.until("error ended 0");
  assert.deepEqual(waits, [6000, 9000, 6000]);
  await close();
});

test("openTimeoutMs: an attempt that hangs is made again", async () => {
  const { server, clock, log, close } = await connect(
    { openTimeoutMs: 5000, retry: { random: () => 0 } },
    () => undefined,
    (exchange) => exchange.stream("data: a\n\n"),
  );
  await eventually(() => server.exchanges.length === 1);
  clock.advance(5000);
  await log.until("error open-timeout 0");
  await server.exchanges[0]?.closed;
  clock.advance(3000);
  await log.until("message a");
  clock.advance(60_000);
  assert.deepEqual(log.lines, ["error open-timeout 0", "open", "message a"], "an open stream is not timed");
  await close();
});

test("openTimeoutMs: also what hangs in the functions of the caller", async () => {
  const never = new Promise<never>(() => undefined);
  for (const init of [{ headers: () => never }, { fetch: () => never }]) {
    const { clock, log, close } = await connect({ openTimeoutMs: 5000, ...init });
    await eventually(() => clock.timers === 1);
    clock.advance(5000);
    await log.until("error open-timeout 0");
    await close();
  }
});

test("inactivityTimeoutMs: a stream that falls silent is made anew, and any byte is a sign of life", async () => {
  const { server, clock, log, close } = await connect(
    { inactivityTimeoutMs: 20_000, lastEventId: "9" },
    (exchange) => exchange.stream(":\n"),
  );
  await eventually(() => clock.timers === 1 && log.lines.length === 1);
  clock.advance(19_000);
  server.exchanges[0]?.send("data: a\n\n");
  await log.until("message a");
  clock.advance(19_000);
  assert.deepEqual(log.lines, ["open", "message a"]);
  clock.advance(1000);
  await log.until("error inactive 0");
  await server.exchanges[0]?.closed;
  clock.advance(3000);
  await log.until("open", 2);
  assert.equal(server.exchanges[1]?.headers.get("last-event-id"), "9");
  await close();
});

test('inactivityTimeoutMs "auto": learns from the heartbeats', async () => {
  const { server, clock, log, close } = await connect({ inactivityTimeoutMs: "auto" }, (exchange) =>
    exchange.stream(":\n"),
  );
  await log.until("open");
  clock.advance(3_600_000);
  assert.deepEqual(log.lines, ["open"], "a server that sends none is left in peace");
  await close();

  const other = await connect({ inactivityTimeoutMs: "auto" }, (exchange) => exchange.stream(":\n"));
  await other.log.until("open");
  for (let beat = 0; beat < 3; beat++) {
    other.clock.advance(20_000);
    other.server.exchanges[0]?.send(`: beat\ndata: ${beat}\n\n`);
    await other.log.until(`message ${beat}`);
  }
  await eventually(() => other.clock.timers === 1);
  other.clock.advance(59_999);
  assert.equal(other.log.lines.at(-1), "message 2");
  other.clock.advance(1);
  await other.log.until("error inactive 0");
  await other.close();
  assert.equal(server.exchanges.length, 1);
});
