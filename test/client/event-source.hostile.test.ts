import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSource } from "../../src/client/event-source.ts";
import type { EventSourceInit } from "../../src/client/event-source-init.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { bytesOf } from "../support/byte-stream.ts";
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

test("an answer without a body is an end like any other", async () => {
  const { log, close } = await connect({}, (exchange) => exchange.stream("", ["content-length: 0"]));
  await log.until("error ended 0");
  assert.deepEqual(log.lines, ["open", "error ended 0"]);
  await close();
});

test("a Response whose body is null is one too", async () => {
  const headers = { "content-type": "text/event-stream" };
  const fetch = async () => new Response(null, { headers });
  const { log, close } = await connect({ fetch });
  await log.until("error ended 0");
  await close();
});

test("a stream that is cut in the middle of an event, and of a character", async () => {
  const bytes = bytesOf("id: 1\ndata: whole\n\nid: 2\ndata: é");
  const { clock, server, log, close } = await connect(
    {},
    (exchange) => {
      exchange.stream("", ["content-length: 1000"]);
      exchange.send(bytes.subarray(0, -1));
    },
    (exchange) => exchange.stream("data: é\n\n"),
  );
  await log.until("message whole");
  server.exchanges[0]?.end();
  await log.until("error cut 0");
  clock.advance(3000);
  await log.until("message é");
  assert.deepEqual(log.lines, ["open", "message whole", "error cut 0", "open", "message é"]);
  assert.equal(
    server.exchanges[1]?.headers.get("last-event-id"),
    "1",
    "what was not finished is asked for again",
  );
  await close();
});

test("a stream that is reset", async () => {
  const { server, log, close } = await connect({}, (exchange) => exchange.stream("data: a\n\n"));
  await log.until("message a");
  server.exchanges[0]?.reset();
  await log.until(/^error (?:cut|ended) 0$/);
  await close();
});

test("a stream that drips, byte by byte", async () => {
  const { server, log, close } = await connect({}, (exchange) => exchange.stream());
  await log.until("open");
  for (const byte of bytesOf("data: é\r\n\r\n")) {
    server.exchanges[0]?.send(Uint8Array.of(byte));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await log.until("message é");
  await close();
});

test("CR CR ends an event at once, without waiting for what follows", async () => {
  const { log, close } = await connect({}, (exchange) => exchange.stream("data: a\r\r"));
  await log.until("message a");
  await close();
});

test("a line without end is bounded, and ends the source for good", async () => {
  const { log, server, close } = await connect({ maxLineLength: 10_000 }, (exchange) => {
    exchange.stream(`data: before\n\n: ${"x".repeat(50_000)}`);
  });
  await log.until("error too-long 2");
  assert.deepEqual(log.lines, ["open", "message before", "error too-long 2"]);
  await server.exchanges[0]?.closed;
  await close();
});

test("an event without end is bounded too", async () => {
  const { log, server, close } = await connect({ maxEventLength: 10_000 }, (exchange) => {
    exchange.stream("data: xxxxxxxxxxxxxxxxxxxx\n".repeat(1000));
  });
  await log.until("error too-long 2");
  await server.exchanges[0]?.closed;
  await close();
});

test("an answer of 200 that never sends anything is open, and closed by close", async () => {
  const { log, server, source, close } = await connect({}, (exchange) => exchange.stream(":\n"));
  await log.until("open");
  source.close();
  await server.exchanges[0]?.closed;
  await close();
});

test("a server of HTTP/1.0", async () => {
  const { log, close } = await connect({}, (exchange) => {
    exchange.send("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: a\n\n");
    exchange.end();
  });
  await log.until("error ended 0");
  assert.deepEqual(log.lines, ["open", "message a", "error ended 0"]);
  await close();
});

test("a chunked stream, whose chunks cut its lines, and which is cut between two", async () => {
  const { server, log, close } = await connect({}, (exchange) => {
    exchange.stream("5\r\ndata:\r\n4\r\n a\n\n\r\n", ["transfer-encoding: chunked"]);
  });
  await log.until("message a");
  server.exchanges[0]?.end();
  // Node 20 takes a body for whole that lacks its last chunk.
  await log.until(/^error (?:cut|ended) 0$/);
  await close();
});

/** `data: a` and `data: b`, as zlib's gzip gives them with a flush after each, and what ends them. */
const GZIPPED = ["H4sIAAAAAAAAA0pJLEm0Ukjk4gIAAAD//w==", "SgEzkri4AAAAAP//", "AwC6WcffEgAAAA=="].map((text) =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
) as [Uint8Array, Uint8Array, Uint8Array];

test("a compressed stream, flushed after each event", async () => {
  const [a, b, end] = GZIPPED;
  const { server, log, close } = await connect({}, (exchange) => {
    exchange.stream("", ["content-encoding: gzip"]);
    exchange.send(a);
  });
  await log.until("message a");
  server.exchanges[0]?.send(b);
  await log.until("message b");
  server.exchanges[0]?.send(end);
  server.exchanges[0]?.end();
  await log.until("error ended 0");
  await close();
});

test("many small events in one go arrive in order, once", async () => {
  const count = 5000;
  const text = Array.from({ length: count }, (_, at) => `id: ${at}\ndata: ${at}\n\n`).join("");
  const { log, close } = await connect({}, (exchange) => exchange.stream(text));
  await log.until(`message ${count - 1}`);
  assert.deepEqual(
    log.messages.map(({ data }) => Number(data)),
    Array.from({ length: count }, (_, at) => at),
  );
  await close();
});

test("heartbeats, as comments with or without a blank line, are no messages", async () => {
  const { log, close } = await connect({}, (exchange) => {
    exchange.stream(":\n: beat\n\n: beat\n\n\n\ndata: a\n\n");
  });
  await log.until("message a");
  assert.deepEqual(log.lines, ["open", "message a"]);
  await close();
});
